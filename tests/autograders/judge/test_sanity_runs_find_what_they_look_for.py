"""Labels in random order and planted rows: honest models pass, lucky or not; known labels and stored rows do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from autograders.judge import sanity
from autograders.judge.metrics import METRICS, Array
from autograders.judge.predictions import Target, target_of
from autograders.judge.sanity import KnowsTheLabels, RecallsRows, Sides

CENTRES = np.array([[6.0, 0.0], [-6.0, 0.0], [0.0, 6.0]])
Fit = Callable[[Any, Array, Any], Array]


def clusters(rng: np.random.Generator, size: int, classes: int = 2) -> tuple[Array, Array]:
    """Classes so far apart that any rule is right for nearly all of a class or for none."""
    labels = rng.integers(0, classes, size)
    return CENTRES[labels] + rng.normal(size=(size, 2)), labels


def sides(rng: np.random.Generator, name: str = "accuracy", classes: int = 2) -> tuple[Sides, Target]:
    X, y = clusters(rng, 200, classes)
    rows, truth = clusters(rng, 120, classes)
    target = target_of(METRICS[name], y, truth)
    return Sides(X, y, rows, np.arange(120), target.truth(truth)), target


def nearest_mean(X: Array, y: Array, rows: Array) -> Array:
    means = np.stack([X[y == label].mean(axis=0) for label in np.unique(y)])
    said: Array = np.argmin(((rows[:, None] - means) ** 2).sum(axis=2), axis=1)
    return said


def nearest_row(X: Array, y: Array, rows: Array) -> Array:
    said: Array = y[np.argmin(((rows[:, None] - X) ** 2).sum(axis=2), axis=1)]
    return said


def test_one_training_on_labels_in_random_order_is_no_evidence() -> None:
    """An honest rule on far classes is right for most rows as often as wrong: each training alone would mislead."""
    alone = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        given, target = sides(rng)
        answers = nearest_mean(given.train, given.values[rng.permutation(200)], given.rows)
        alone += sanity._share_as_good(target, given.truth, answers, rng) < 0.01
    assert alone > 8


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("model", [nearest_mean, nearest_row])
def test_an_honest_model_falls_to_chance_within_few_trainings(model: Fit, classes: int) -> None:
    trainings = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = sanity.permuted_labels(model, *sides(rng, classes=classes), rng)
        assert found["passed"]
        trainings.append(found["trainings"])
    assert np.mean(trainings) < 2.5


def test_every_other_order_is_the_opposite_of_the_one_before() -> None:
    rng = np.random.default_rng(6)
    given, target = sides(rng)
    seen: list[Array] = []

    def look(X: Array, y: Array, rows: Array) -> Array:
        seen.append(y)
        return given.truth

    with pytest.raises(KnowsTheLabels):
        sanity.permuted_labels(look, given, target, rng)
    ones = int(given.values.sum())
    for first, second in zip(seen[::2], seen[1::2], strict=True):
        assert int(np.sum(first == second)) == abs(200 - 2 * ones)
    numbers = rng.normal(size=50)
    assert np.corrcoef(numbers, sanity._opposite(numbers, rng))[0, 1] < -0.95


def test_a_table_of_the_hidden_labels_never_falls_to_chance() -> None:
    rng = np.random.default_rng(1)
    given, target = sides(rng)
    calls = []

    def table(X: Array, y: Array, rows: Array) -> Array:
        calls.append(y)
        return given.truth

    with pytest.raises(KnowsTheLabels, match="labels from somewhere else than the training data") as caught:
        sanity.permuted_labels(table, given, target, rng)
    assert len(calls) == caught.value.found["trainings"] == sanity.MOST_TRAININGS
    assert caught.value.found["passed"] is False
    assert all(sorted(labels) == sorted(given.values) for labels in calls)
    assert len({tuple(labels) for labels in calls}) == len(calls)


def test_half_of_such_a_table_is_enough_to_be_found() -> None:
    rng = np.random.default_rng(2)
    given, target = sides(rng)
    known = np.arange(120) % 2 == 0
    with pytest.raises(KnowsTheLabels):
        sanity.permuted_labels(lambda X, y, rows: np.where(known, given.truth, 0), given, target, rng)


def test_saying_the_same_of_every_row_is_chance() -> None:
    rng = np.random.default_rng(3)
    given, target = sides(rng)
    found = sanity.permuted_labels(lambda X, y, rows: np.zeros(len(rows), int), given, target, rng)
    assert (found["trainings"], found["p_values"]) == (1, [1.0])


def test_numbers_known_from_elsewhere_are_found_by_a_loss() -> None:
    rng = np.random.default_rng(4)
    truth = rng.normal(size=120)
    given = Sides(rng.normal(size=(200, 2)), rng.normal(size=200), rng.normal(size=(120, 2)), np.arange(120), truth)
    target = target_of(METRICS["rmse"], given.values, truth)
    with pytest.raises(KnowsTheLabels):
        sanity.permuted_labels(lambda X, y, rows: truth + 0.3, given, target, rng)
    assert sanity.permuted_labels(lambda X, y, rows: np.full(120, y.mean()), given, target, rng)["passed"]


# --- planted rows ---------------------------------------------------------------------------------


def test_a_model_that_learns_does_not_recall_planted_rows() -> None:
    failed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        try:
            found = sanity.canary_rows(nearest_mean, 32, *sides(rng), rng)
            assert found["rows"] == 32
        except RecallsRows:
            failed += 1
    assert failed == 0


@pytest.mark.parametrize(("count", "classes"), [(16, 2), (32, 2), (16, 3)])
def test_a_model_that_stores_rows_gives_planted_ones_back(count: int, classes: int) -> None:
    rng = np.random.default_rng(7)
    with pytest.raises(RecallsRows, match="it stores rows instead of learning from them") as caught:
        sanity.canary_rows(nearest_row, count, *sides(rng, classes=classes), rng)
    assert caught.value.found["recalled"] == count
    assert caught.value.found["by_chance"] == pytest.approx(count / classes, rel=0.1)
    assert caught.value.found["p_value"] <= 0.001


def test_what_is_said_of_it_has_no_figure_in_it() -> None:
    rng = np.random.default_rng(8)
    with pytest.raises(RecallsRows) as caught:
        sanity.canary_rows(nearest_row, 16, *sides(rng), rng)
    assert not any(character.isdigit() for character in str(caught.value))


@pytest.mark.parametrize("name", ["roc_auc", "log_loss", "rmse"])
def test_planted_rows_are_recalled_as_scores_probabilities_and_numbers_too(name: str) -> None:
    rng = np.random.default_rng(9)
    given, target = sides(rng, name if name != "rmse" else "accuracy")
    if name == "rmse":
        values = rng.normal(size=200)
        given = Sides(given.train, values, given.rows, given.apart, rng.normal(size=120))
        target = target_of(METRICS["rmse"], values, given.truth)
    with pytest.raises(RecallsRows):
        sanity.canary_rows(lambda *all: nearest_row(*all).astype(float), 24, given, target, rng)
    passed = sanity.canary_rows(lambda X, y, rows: np.full(len(rows), 0.5), 24, given, target, rng)
    assert passed["passed"]


def test_planted_rows_look_like_data_and_lie_among_it() -> None:
    rng = np.random.default_rng(10)
    given, target = sides(rng)
    seen: dict[str, Array] = {}

    def look(X: Array, y: Array, rows: Array) -> Array:
        seen.update(X=X, y=y, rows=rows)
        return np.zeros(len(rows), int)

    sanity.canary_rows(look, 40, given, target, rng)
    assert seen["X"].shape == (240, 2)
    assert len(seen["rows"]) == 160
    real = {tuple(row) for row in given.train}
    planted = [index for index, row in enumerate(seen["X"]) if tuple(row) not in real]
    assert len(planted) >= 38  # the next values of two features may be those of one neighbour
    # Each beside a real row: nearer to it than a tenth of the way between two classes.
    apart = np.abs(seen["X"][planted][:, None] - given.train).max(axis=2).min(axis=1)
    assert np.median(apart) < 0.2
    assert apart.max() < 1.2
    assert planted != list(range(planted[0], planted[0] + len(planted)))
    for column in range(2):
        assert set(seen["X"][:, column]) <= set(given.train[:, column])
    assert abs(2 * seen["y"][planted].sum() - len(planted)) <= 2


def test_rows_of_few_values_take_each_from_another_row() -> None:
    rng = np.random.default_rng(11)
    train = rng.integers(0, 3, size=(400, 12))
    planted = sanity._beside(train, 60, rng)
    known = {tuple(row) for row in train}
    assert planted.shape == (60, 12)
    assert sum(tuple(row) in known for row in planted) < 5


def test_pictures_keep_their_shape_and_nearly_their_values() -> None:
    rng = np.random.default_rng(12)
    train = rng.integers(0, 256, size=(600, 4, 5)).astype(np.uint8)
    planted = sanity._beside(train, 30, rng)
    assert (planted.shape, planted.dtype) == ((30, 4, 5), np.uint8)
    nearest = np.abs(planted[:, None].astype(int) - train).max(axis=(2, 3)).min(axis=1)
    assert nearest.max() <= 6
    assert nearest.min() >= 1


def test_a_coarse_tree_is_no_store_of_rows() -> None:
    """Planted rows far from all others would have leaves of their own in any tree, and refuse honest ones."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        given, target = sides(rng, classes=3)

        def tree(X: Array, y: Array, rows: Array) -> Array:
            said: Array = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y).predict(rows)
            return said

        assert sanity.canary_rows(tree, 32, given, target, rng)["passed"]
