"""Every metric by name gives what scikit-learn gives, and a weight of two counts a row twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as theirs

from autograders.judge.callbacks import GraderError
from autograders.judge.metrics import METRICS, Array, metric_of

ROWS = 240
THEIRS: dict[str, Callable[[Any, Any], float]] = {
    "accuracy": theirs.accuracy_score,
    "balanced_accuracy": theirs.balanced_accuracy_score,
    "f1": theirs.f1_score,
    "f1_macro": lambda y, p: theirs.f1_score(y, p, average="macro"),
    "roc_auc": theirs.roc_auc_score,
    "average_precision": theirs.average_precision_score,
    "log_loss": lambda y, p: theirs.log_loss(y, p, labels=list(range(p.shape[1])) if p.ndim == 2 else [0, 1]),
    "brier": lambda y, p: theirs.brier_score_loss(y, p, labels=list(range(p.shape[1])) if p.ndim == 2 else [0, 1]),
    "rmse": theirs.root_mean_squared_error,
    "mae": theirs.mean_absolute_error,
    "r2": theirs.r2_score,
    "ndcg": theirs.ndcg_score,
}


def drawn(name: str, seed: int, classes: int = 2) -> tuple[Array, Array]:
    """Truth, and answers that have something to do with it; with ties where scores are asked for."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, ROWS)
    metric = METRICS[name]
    if metric.answers == "labels":
        return labels, np.where(rng.random(ROWS) < 0.7, labels, rng.integers(0, classes, ROWS))
    if metric.answers == "scores":
        return labels, np.round(labels + rng.normal(size=ROWS), 1)
    if metric.answers == "probabilities":
        if classes == 2:
            return labels, np.clip(0.6 * labels + 0.4 * rng.random(ROWS), 0, 1)
        raw = rng.random((ROWS, classes)) + np.eye(classes)[labels]
        return labels, raw / raw.sum(axis=1, keepdims=True)
    if metric.answers == "grades":
        grades = rng.integers(0, 4, size=(ROWS, 7)).astype(float)
        grades[3] = 0
        return grades, np.round(grades + 2 * rng.normal(size=grades.shape))
    numbers = rng.normal(3, 2, ROWS)
    return numbers, numbers + rng.normal(size=ROWS)


def test_every_metric_is_compared() -> None:
    assert set(THEIRS) == set(METRICS)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", METRICS)
def test_a_metric_gives_what_scikit_learn_gives(name: str, seed: int) -> None:
    truth, answers = drawn(name, seed)
    assert METRICS[name].of(truth, answers) == pytest.approx(THEIRS[name](truth, answers), rel=1e-12)


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "f1_macro", "log_loss", "brier"])
def test_it_does_so_for_many_classes(name: str) -> None:
    truth, answers = drawn(name, 9, classes=5)
    assert METRICS[name].of(truth, answers) == pytest.approx(THEIRS[name](truth, answers), rel=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_weights_count_rows_as_often_as_they_say(name: str) -> None:
    truth, answers = drawn(name, 11)
    weights = np.random.default_rng(12).integers(0, 4, size=(6, ROWS)).astype(float)
    found = METRICS[name].score(truth, answers, weights)
    for row, each in enumerate(weights):
        repeated = np.repeat(np.arange(ROWS), each.astype(int))
        assert found[row] == pytest.approx(THEIRS[name](truth[repeated], answers[repeated]), rel=1e-10)


def test_a_class_that_is_never_predicted_has_an_f1_of_zero() -> None:
    truth = np.array([0, 0, 1, 1])
    assert METRICS["f1"].of(truth, np.zeros(4, int)) == 0
    assert METRICS["f1_macro"].of(truth, np.zeros(4, int)) == pytest.approx(1 / 3)


def test_certainty_that_is_wrong_costs_much_and_not_infinitely_much() -> None:
    loss = METRICS["log_loss"].of(np.array([1, 0]), np.array([0.0, 0.0]))
    assert loss == pytest.approx(theirs.log_loss([1, 0], [0.0, 0.0]))
    assert np.isfinite(loss)


def test_constant_values_are_explained_fully_or_not_at_all() -> None:
    truth = np.full(5, 2.0)
    assert METRICS["r2"].of(truth, truth) == 1
    assert METRICS["r2"].of(truth, truth + 1) == 0


def test_a_metric_of_the_author_is_resampled_row_by_row() -> None:
    own = metric_of(lambda y, p: float(np.median(np.abs(y - p))), False, "numbers")
    truth, answers = drawn("mae", 3)
    weights = np.zeros((1, ROWS))
    weights[0, :3] = (1, 1, 3)
    expected = np.median(np.repeat(np.abs(truth - answers)[:3], (1, 1, 3)))
    assert own.score(truth, answers, weights)[0] == expected


def _falls_over(truth: Array, answers: Array) -> float:
    raise KeyError("column")


@pytest.mark.parametrize(
    ("metric", "greater", "answers", "words"),
    [
        ("acuracy", None, None, "there is no metric 'acuracy'; there are accuracy, "),
        ("accuracy", True, None, "are for a metric of your own"),
        (3, None, None, "must be a name or a function, not int"),
        (max, None, "numbers", "needs greater_is_better="),
        (max, True, "grades", "needs answers=, one of labels, scores, probabilities, numbers"),
    ],
)
def test_what_cannot_be_a_metric_is_told_to_its_author(metric: Any, greater: Any, answers: Any, words: str) -> None:
    with pytest.raises(GraderError, match=words):
        metric_of(metric, greater, answers)


def test_a_metric_of_the_author_that_falls_over_is_the_author_s_fault() -> None:
    truth, answers = drawn("mae", 3)
    with pytest.raises(GraderError, match="the metric _falls_over raised KeyError: 'column'"):
        metric_of(_falls_over, True, "numbers").of(truth, answers)
    with pytest.raises(GraderError, match="gave nan, which is no score"):
        metric_of(lambda y, p: float("nan"), True, "numbers").of(truth, answers)
