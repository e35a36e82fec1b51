"""The reference of cart-classifier agrees with exact fractions, with scikit-learn and with its statement."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

FOLDER = Path(__file__).parents[2] / "content/05-classical/cart-classifier"

Array = NDArray[Any]
Tree = dict[str, Array]
Node = tuple[int, int, int | None, float | None, int, int]


@pytest.fixture(scope="module")
def module() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "reference.py"))


@pytest.fixture(scope="module")
def fit(module: dict[str, Any]) -> Callable[..., Tree]:
    function: Callable[..., Tree] = module["cart_fit"]
    return function


@pytest.fixture(scope="module")
def predict(module: dict[str, Any]) -> Callable[[Tree, Array], Array]:
    function: Callable[[Tree, Array], Array] = module["cart_predict"]
    return function


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_240_105)


# --- an oracle that shares no code and no rounding with the reference -------------------------


def gini(labels: list[int]) -> Fraction:
    shares = [Fraction(labels.count(k), len(labels)) for k in set(labels)]
    return 1 - sum((share**2 for share in shares), Fraction(0))


def splits(rows: list[tuple[list[float], int]], min_leaf: int) -> Iterator[tuple[Fraction, int, float]]:
    """Every permitted split with its exact decrease, lower features and thresholds first: O(n^2 d)."""
    labels = [label for _, label in rows]
    for feature in range(len(rows[0][0])):
        values = sorted({x[feature] for x, _ in rows})
        for below in values[:-1]:
            left = [label for x, label in rows if x[feature] <= below]
            right = [label for x, label in rows if x[feature] > below]
            if min(len(left), len(right)) >= min_leaf:
                inside = len(left) * gini(left) + len(right) * gini(right)
                above = values[values.index(below) + 1]
                yield gini(labels) - inside / len(labels), feature, float((Fraction(below) + Fraction(above)) / 2)


def grow_exactly(rows: list[tuple[list[float], int]], depth: int, min_leaf: int, first: int = 0) -> list[Node]:
    """The nodes in preorder: left, right, feature, threshold, value, cover."""
    labels = [label for _, label in rows]
    value = min(set(labels), key=lambda k: (-labels.count(k), k))
    best: tuple[Fraction, int, float] | None = None
    for split in splits(rows, min_leaf) if depth > 0 else ():
        if split[0] > (best[0] if best else 0):
            best = split
    if best is None:
        return [(-1, -1, None, None, value, len(rows))]
    _, feature, threshold = best
    left = grow_exactly([r for r in rows if r[0][feature] <= threshold], depth - 1, min_leaf, first + 1)
    place = first + 1 + len(left)
    right = grow_exactly([r for r in rows if r[0][feature] > threshold], depth - 1, min_leaf, place)
    return [(first + 1, place, feature, threshold, value, len(rows)), *left, *right]


def assert_equals_oracle(tree: Tree, nodes: list[Node]) -> None:
    left, right, feature, threshold, value, cover = zip(*nodes, strict=True)
    np.testing.assert_array_equal(tree["left"], left)
    np.testing.assert_array_equal(tree["right"], right)
    np.testing.assert_array_equal(tree["value"], value)
    np.testing.assert_array_equal(tree["cover"], cover)
    inner = tree["left"] >= 0
    np.testing.assert_array_equal(tree["feature"][inner], [j for j in feature if j is not None])
    thresholds = np.array([t for t in threshold if t is not None], dtype=float)
    np.testing.assert_allclose(tree["threshold"][inner], thresholds, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("levels", [2, 3, 8, None])
def test_trees_equal_an_exhaustive_search_in_fractions(
    fit: Callable[..., Tree], rng: np.random.Generator, levels: int | None
) -> None:
    for _ in range(25):
        n, d, c = int(rng.integers(1, 28)), int(rng.integers(1, 4)), int(rng.integers(1, 5))
        X = rng.normal(size=(n, d)) if levels is None else rng.integers(0, levels, size=(n, d)).astype(float)
        y = rng.integers(0, c, size=n)
        depth, min_leaf = int(rng.integers(0, 7)), int(rng.integers(1, 5))
        rows = list(zip(X.tolist(), y.tolist(), strict=True))
        assert_equals_oracle(fit(X, y, c, depth, min_leaf), grow_exactly(rows, depth, min_leaf))


def has_ties(rows: list[tuple[list[float], int]], depth: int, min_leaf: int) -> bool:
    """Whether two splits of a node are equally good, or its best one decreases nothing."""
    found = sorted(splits(rows, min_leaf), reverse=True) if depth > 0 and len({label for _, label in rows}) > 1 else []
    if not found:
        return False
    decrease, feature, threshold = found[0]
    if decrease == 0 or (len(found) > 1 and found[1][0] == decrease):
        return True
    sides = [[row for row in rows if (row[0][feature] <= threshold) is left] for left in (True, False)]
    return any(has_ties(side, depth - 1, min_leaf) for side in sides)


def test_trees_equal_those_of_scikit_learn_where_no_splits_are_tied(
    fit: Callable[..., Tree], predict: Callable[[Tree, Array], Array], rng: np.random.Generator
) -> None:
    compared = 0
    for _ in range(20):
        # scikit-learn keeps features in float32: whole numbers come through unchanged.
        X = np.stack([rng.permutation(120) for _ in range(3)], axis=1).astype(float)
        y = ((X @ rng.normal(size=(3, 3))) + rng.normal(scale=25.0, size=(120, 3))).argmax(axis=1)
        if has_ties(list(zip(X.tolist(), y.tolist(), strict=True)), 3, 6):
            continue
        compared += 1
        theirs = DecisionTreeClassifier(max_depth=3, min_samples_leaf=6, random_state=0).fit(X, y)
        ours = fit(X, y, 3, 3, 6)
        inner = ours["left"] >= 0
        np.testing.assert_array_equal(ours["left"], theirs.tree_.children_left)
        np.testing.assert_array_equal(ours["right"], theirs.tree_.children_right)
        np.testing.assert_array_equal(ours["cover"], theirs.tree_.n_node_samples)
        np.testing.assert_array_equal(ours["feature"][inner], theirs.tree_.feature[inner])
        np.testing.assert_array_equal(ours["threshold"][inner], theirs.tree_.threshold[inner])
        new = rng.uniform(0, 120, size=(200, 3)).astype(np.float32).astype(float)
        np.testing.assert_array_equal(predict(ours, new), theirs.predict(new))
    assert compared >= 5


def test_deep_trees_fit_tie_free_training_data_as_scikit_learn_does(
    fit: Callable[..., Tree], predict: Callable[[Tree, Array], Array], rng: np.random.Generator
) -> None:
    for _ in range(5):
        X, y = rng.normal(size=(300, 5)).astype(np.float32).astype(float), rng.integers(0, 4, size=300)
        full = DecisionTreeClassifier(random_state=0).fit(X, y)
        assert full.score(X, y) == 1.0
        np.testing.assert_array_equal(predict(fit(X, y, 4, 300, 1), X), y)


def test_the_example_of_the_statement_is_right(
    fit: Callable[..., Tree], predict: Callable[[Tree, Array], Array]
) -> None:
    X, y = np.arange(1.0, 6.0)[:, None], np.array([0, 0, 1, 1, 0])
    tree = fit(X, y, 2, 5, 1)
    assert_equals_oracle(
        tree,
        [
            (1, 2, 0, 2.5, 0, 5),
            (-1, -1, None, None, 0, 2),
            (3, 4, 0, 4.5, 1, 3),
            (-1, -1, None, None, 1, 2),
            (-1, -1, None, None, 0, 1),
        ],
    )
    np.testing.assert_array_equal(predict(tree, X), y)


def test_memory_order_of_the_features_makes_no_difference(fit: Callable[..., Tree], rng: np.random.Generator) -> None:
    X, y = rng.normal(size=(120, 4)), rng.integers(0, 3, size=120)
    for name, column in fit(np.asfortranarray(X), y, 3, 5, 2).items():
        np.testing.assert_array_equal(column, fit(X, y, 3, 5, 2)[name])


def test_neighbouring_floats_are_told_apart(
    fit: Callable[..., Tree], predict: Callable[[Tree, Array], Array], rng: np.random.Generator
) -> None:
    for low in (*rng.uniform(1, 2, size=20), 0.0, -1.0, 1e300, 5e-324):
        high = np.nextafter(low, np.inf)
        tree = fit(np.array([[high], [low]]), np.array([0, 1]), 2, 1, 1)
        assert low <= tree["threshold"][0] < high
        np.testing.assert_array_equal(predict(tree, np.array([[low], [high]])), [1, 0])


def test_prediction_needs_no_preorder_and_takes_no_rows(predict: Callable[[Tree, Array], Array]) -> None:
    tree = {
        "left": np.array([2, -1, -1, 1, -1]),
        "right": np.array([3, -1, -1, 4, -1]),
        "feature": np.array([0, -1, -1, 1, -1]),
        "threshold": np.array([0.5, 0, 0, -1.0, 0]),
        "value": np.array([9.0, 1, 2, 9, 3]),
        "cover": np.ones(5),
    }
    X = np.array([[0.5, 0.0], [0.6, -1.0], [0.6, -0.9]])
    np.testing.assert_array_equal(predict(tree, X), [2, 1, 3])
    assert predict(tree, X[:0]).shape == (0,)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_features_that_are_not_finite_are_refused(fit: Callable[..., Tree], bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        fit(np.array([[1.0], [bad]]), np.array([0, 1]), 2, 1, 1)


def test_no_rows_are_refused(fit: Callable[..., Tree]) -> None:
    with pytest.raises(ValueError, match="rows"):
        fit(np.empty((0, 2)), np.empty(0, dtype=int), 2, 1, 1)
