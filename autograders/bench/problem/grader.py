"""Ten checks of k nearest neighbours, on fresh data each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograders.judge import check


def data(rng: np.random.Generator, n: int, d: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Labelled points around a centre for each class."""
    y = rng.integers(0, classes, size=n)
    return rng.normal(scale=3.0, size=(classes, d))[y] + rng.normal(size=(n, d)), y


@check(points=1)
def test_distances_of_a_few_points(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """distances agrees with the definition on a few points."""
    A, B = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    expected = np.sqrt(((A[:, None] - B[None]) ** 2).sum(axis=2))
    np.testing.assert_allclose(solution.distances(A, B), expected, rtol=1e-7, atol=1e-7)


@check(points=1)
def test_distances_of_many_points(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """distances agrees on some hundred points."""
    A, B = rng.normal(size=(300, 16)), rng.normal(size=(400, 16))
    np.testing.assert_allclose(solution.distances(A, B), reference.distances(A, B), rtol=1e-6, atol=1e-6)


@check(points=1)
def test_a_point_is_at_no_distance_from_itself(solution: Any, rng: np.random.Generator) -> None:
    """The distance of a point from itself is zero."""
    A = rng.normal(size=(60, 8))
    np.testing.assert_allclose(np.diag(solution.distances(A, A)), np.zeros(60), atol=1e-6)


@check(points=1, hidden=True)
def test_distances_are_symmetric(solution: Any, rng: np.random.Generator) -> None:
    """distances(A, B) is the transpose of distances(B, A)."""
    A, B = rng.normal(size=(70, 4)), rng.normal(size=(90, 4))
    np.testing.assert_allclose(solution.distances(A, B), solution.distances(B, A).T, rtol=1e-9, atol=1e-7)


@check(points=1, hidden=True)
def test_the_triangle_inequality_holds(solution: Any, rng: np.random.Generator) -> None:
    """No way round is shorter than the direct one."""
    D = solution.distances(*(2 * [rng.normal(size=(40, 5))]))
    assert (D[:, None, :] <= D[:, :, None] + D[None, :, :] + 1e-6).all(), "a detour is shorter"


@check(points=1)
def test_one_neighbour(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """predict gives the label of the nearest point for k = 1."""
    X, y = data(rng, 200, 4, 3)
    Q, _ = data(rng, 60, 4, 3)
    np.testing.assert_array_equal(solution.predict(X, y, Q, 1), reference.predict(X, y, Q, 1))


@check(points=1, hidden=True)
def test_five_neighbours(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """predict agrees for k = 5 and four classes."""
    X, y = data(rng, 400, 6, 4)
    Q, _ = data(rng, 100, 6, 4)
    np.testing.assert_array_equal(solution.predict(X, y, Q, 5), reference.predict(X, y, Q, 5))


@check(points=1, hidden=True)
def test_all_points_vote(solution: Any, rng: np.random.Generator) -> None:
    """predict gives the commonest label of all for k = n."""
    X, y = data(rng, 150, 3, 5)
    common = np.bincount(y).argmax()
    np.testing.assert_array_equal(solution.predict(X, y, rng.normal(size=(20, 3)), 150), np.full(20, common))


@check(points=1, hidden=True)
def test_its_own_neighbours(solution: Any, rng: np.random.Generator) -> None:
    """Each point is its own nearest neighbour."""
    X, y = data(rng, 250, 5, 3)
    np.testing.assert_array_equal(solution.predict(X, y, X, 1), y)


@check(points=1, hidden=True)
def test_impossible_numbers_of_neighbours(solution: Any, rng: np.random.Generator) -> None:
    """predict raises ValueError for k = 0."""
    X, y = data(rng, 30, 2, 2)
    with pytest.raises(ValueError):
        solution.predict(X, y, X, 0)
