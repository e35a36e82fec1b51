"""The reference of kmeans-lloyd agrees with scikit-learn and with Lloyd's algorithm in exact fractions."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.cluster import KMeans

FOLDER = Path(__file__).parents[2] / "content/05-classical/kmeans-lloyd"

Kmeans = Callable[[NDArray[Any], NDArray[Any], int], dict[str, Any]]
Point = list[Fraction]


@pytest.fixture(scope="module")
def kmeans() -> Kmeans:
    function: Kmeans = runpy.run_path(str(FOLDER / "reference.py"))["kmeans"]
    return function


def squared(a: Point, b: Point) -> Fraction:
    return sum(((p - q) ** 2 for p, q in zip(a, b, strict=True)), Fraction(0))


def label_exactly(points: list[Point], centers: list[Point]) -> list[int]:
    return [min(range(len(centers)), key=lambda j, x=x: (squared(x, centers[j]), j)) for x in points]  # type: ignore[misc]


def fill_exactly(points: list[Point], centers: list[Point], labels: list[int]) -> list[int]:
    members = list(labels)
    for empty in [j for j in range(len(centers)) if j not in labels]:
        free = [i for i in range(len(points)) if members.count(members[i]) > 1]
        # A point that was moved is alone in its cluster, hence never free again.
        taken = max(free, key=lambda i: (squared(points[i], centers[labels[i]]), -i))
        members[taken] = empty
    return members


def lloyd_exactly(X: NDArray[Any], init: NDArray[Any], max_iter: int) -> dict[str, Any]:
    """Lloyd's algorithm word for word, in fractions: slow, and without any rounding."""
    points = [[Fraction(v) for v in row] for row in X.tolist()]
    centers = [[Fraction(v) for v in row] for row in init.tolist()]
    labels = label_exactly(points, centers)
    for move in range(1, max_iter + 1):  # noqa: B007
        members = fill_exactly(points, centers, labels)
        for j in range(len(centers)):
            own = [x for x, label in zip(points, members, strict=True) if label == j]
            centers[j] = [sum(column, Fraction(0)) / len(own) for column in zip(*own, strict=True)]
        labels = label_exactly(points, centers)
        if labels == members:
            break
    inertia = sum((squared(x, centers[label]) for x, label in zip(points, labels, strict=True)), Fraction(0))
    return {
        "centers": np.array([[float(v) for v in center] for center in centers]),
        "labels": np.array(labels),
        "inertia": float(inertia),
        "n_iter": move,
    }


def assert_same_clusters(actual: dict[str, Any], expected: dict[str, Any], scale: float) -> None:
    np.testing.assert_array_equal(actual["labels"], expected["labels"])
    np.testing.assert_allclose(actual["centers"], expected["centers"], rtol=1e-11, atol=1e-11 * scale)
    assert actual["inertia"] == pytest.approx(expected["inertia"], rel=1e-11, abs=1e-11 * scale**2)
    assert actual["n_iter"] == expected["n_iter"]


@pytest.mark.parametrize("seed", range(40))
def test_agrees_with_scikit_learn_where_no_cluster_empties(kmeans: Kmeans, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, d, k = int(rng.integers(30, 400)), int(rng.integers(1, 8)), int(rng.integers(1, 9))
    X = rng.normal(size=(n, d)) + 2 * rng.normal(size=(k, d))[rng.integers(k, size=n)]
    init = X[rng.choice(n, size=k, replace=False)]
    ours = kmeans(X, init, 500)
    theirs = KMeans(k, init=init, n_init=1, algorithm="lloyd", tol=0, max_iter=500).fit(X)
    # scikit-learn also counts the pass that finds nothing changed.
    expected = {"centers": theirs.cluster_centers_, "labels": theirs.labels_, "inertia": theirs.inertia_}
    assert_same_clusters(ours, {**expected, "n_iter": theirs.n_iter_ - 1}, scale=1.0)


@pytest.mark.parametrize("max_iter", [1, 2, 3, 4])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_agrees_with_scikit_learn_when_stopped_early(kmeans: Kmeans, max_iter: int) -> None:
    X = np.random.default_rng(max_iter).uniform(size=(500, 3))
    ours = kmeans(X, X[:9], max_iter)
    theirs = KMeans(9, init=X[:9], n_init=1, algorithm="lloyd", tol=0, max_iter=max_iter).fit(X)
    expected = {"centers": theirs.cluster_centers_, "labels": theirs.labels_, "inertia": theirs.inertia_}
    assert_same_clusters(ours, {**expected, "n_iter": max_iter}, scale=1.0)


@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_exact_fractions_when_starting_centres_coincide(kmeans: Kmeans, seed: int) -> None:
    rng = np.random.default_rng(seed)
    half, d = int(rng.integers(4, 12)), int(rng.integers(1, 4))
    middle, away = rng.integers(-99, 99, size=d), rng.integers(-(10**5), 10**5, size=(half, d))
    X = rng.permutation(middle + np.concatenate([away, -away])).astype(float)
    chosen = X[rng.choice(len(X), size=int(rng.integers(1, 4)), replace=False)]
    init = chosen[rng.integers(len(chosen), size=int(rng.integers(2, 6)))]
    max_iter = int(rng.integers(1, 12))
    assert_same_clusters(kmeans(X, init, max_iter), lloyd_exactly(X, init, max_iter), scale=1e5)


@pytest.mark.parametrize("seed", range(30))
def test_agrees_with_exact_fractions_when_all_start_in_the_middle(kmeans: Kmeans, seed: int) -> None:
    rng = np.random.default_rng(seed)
    away = rng.integers(-3000, 3000, size=(int(rng.integers(5, 10)), 2))
    X = rng.permutation(np.concatenate([away, -away])).astype(float)
    init = np.zeros((int(rng.integers(2, 6)), 2))
    assert_same_clusters(kmeans(X, init, 1), lloyd_exactly(X, init, 1), scale=1e4)


def test_the_example_of_the_statement_is_right(kmeans: Kmeans) -> None:
    X, init = np.array([[0.0], [1.0], [3.0], [8.0]]), np.array([[0.0], [2.0]])
    expected = {"centers": [[4 / 3], [8.0]], "labels": [0, 0, 0, 1], "inertia": 14 / 3, "n_iter": 2}
    assert_same_clusters(kmeans(X, init, 10), expected, scale=1.0)
    assert_same_clusters(lloyd_exactly(X, init, 10), expected, scale=1.0)


def test_a_sole_member_stays_where_it_is(kmeans: Kmeans) -> None:
    X = np.array([[0.0], [1.0], [-1.0], [100.0]])
    init = np.array([[0.0], [0.0], [60.0]])
    answer = kmeans(X, init, 1)
    assert_same_clusters(answer, lloyd_exactly(X, init, 1), scale=100.0)
    np.testing.assert_array_equal(answer["centers"], [[-0.5], [1.0], [100.0]])


def test_points_that_all_coincide_end_without_nan(kmeans: Kmeans) -> None:
    answer = kmeans(np.full((6, 2), 7.0), np.zeros((3, 2)), 5)
    np.testing.assert_array_equal(answer["centers"], np.full((3, 2), 7.0))
    np.testing.assert_array_equal(answer["labels"], np.zeros(6))
    assert answer["inertia"] == 0.0


@pytest.mark.parametrize("offset", [1e7, -1e9])
def test_clusters_far_from_the_origin_are_those_at_the_origin(kmeans: Kmeans, offset: float) -> None:
    rng = np.random.default_rng(3)
    # Multiples of 1/64 below 2**53 / 64 are added to the offset without rounding.
    X = np.round(rng.normal(size=(300, 3)) * 64) / 64 + 20 * rng.integers(0, 3, size=(300, 1))
    here, there = kmeans(X, X[:4], 50), kmeans(X + offset, X[:4] + offset, 50)
    np.testing.assert_array_equal(here["labels"], there["labels"])
    np.testing.assert_allclose(there["centers"] - offset, here["centers"], atol=1e-6)
    assert there["inertia"] == pytest.approx(here["inertia"], rel=1e-9)


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_order_changes_nothing_and_the_input_stays_as_it_was(kmeans: Kmeans, order: Any) -> None:
    rng = np.random.default_rng(11)
    X = rng.normal(size=(5000, 4))
    given, init = np.array(X, order=order), X[:5].copy()
    answer = kmeans(given, init, 20)
    assert_same_clusters(answer, kmeans(X, X[:5], 20), scale=1.0)
    np.testing.assert_array_equal(given, X)
    np.testing.assert_array_equal(init, X[:5])
    assert answer["labels"].dtype == np.int64


@pytest.mark.parametrize(("rows", "width", "max_iter"), [(7, 2, 3), (2, 3, 3), (2, 2, 0), (2, 2, -1)])
def test_impossible_requests_are_refused(kmeans: Kmeans, rows: int, width: int, max_iter: int) -> None:
    with pytest.raises(ValueError):
        kmeans(np.zeros((6, 2)), np.ones((rows, width)), max_iter)
