"""Measures of quality by name, each over many weightings of the rows at once. Pure; numpy only.

A resample of rows is a row of whole-number weights, so that a bootstrap of thousands of resamples
is a few products of matrices. Labels arrive as numbers from 0, in the order of the sorted labels;
of two labels the greater is the positive one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from autograders.judge.callbacks import GraderError

Array = np.ndarray[Any, Any]
# (truth, answers, weights of shape (resamples, rows)) -> one score for each resample.
Score = Callable[[Array, Array, Array], Array]
Answers = Literal["labels", "scores", "probabilities", "numbers", "grades"]


@dataclass(frozen=True)
class Metric:
    """A measure: what answers it takes, which way is better, and how it is resampled.

    `unit`: its values lie between 0 and 1. `stratified`: resamples keep the number of rows of each
    class, without which it may not exist. `binary`: for two classes only. `spread`: how far one
    row may move it times the number of rows, roughly; what the usual step of the ladder comes from.
    """

    name: str
    score: Score
    answers: Answers
    greater_is_better: bool = True
    unit: bool = True
    stratified: bool = False
    binary: bool = False
    encoded: bool = True
    spread: Callable[[Array], float] | None = lambda truth: 0.5

    @property
    def classifies(self) -> bool:
        """Its truth are labels of classes."""
        return self.answers in ("labels", "scores", "probabilities")

    def of(self, truth: Array, answers: Array) -> float:
        """The plain score, each row once."""
        return float(self.score(truth, answers, np.ones((1, len(truth))))[0])


def _mean_of(row_scores: Callable[[Array, Array], Array]) -> Score:
    def score(truth: Array, answers: Array, weights: Array) -> Array:
        found: Array = weights @ np.asarray(row_scores(truth, answers), float) / weights.sum(axis=1)
        return found

    return score


def _balanced_accuracy(truth: Array, answers: Array, weights: Array) -> Array:
    total = np.zeros(len(weights))
    present = np.zeros(len(weights))
    for label in np.unique(truth):
        mine = weights[:, truth == label]
        size = mine.sum(axis=1)
        hits = mine @ (answers[truth == label] == label).astype(float)
        total += np.divide(hits, size, out=np.zeros_like(size), where=size > 0)
        present += size > 0
    found: Array = total / present
    return found


def _f1_of(truth: Array, answers: Array, weights: Array, label: int) -> tuple[Array, Array]:
    """F1 of one class, 0 where it is undefined; and whether the class occurs at all."""
    hits = weights @ ((truth == label) & (answers == label)).astype(float)
    both = weights @ ((truth == label).astype(float) + (answers == label))
    return np.divide(2 * hits, both, out=np.zeros_like(both), where=both > 0), both > 0


def _f1(truth: Array, answers: Array, weights: Array) -> Array:
    return _f1_of(truth, answers, weights, 1)[0]


def _f1_macro(truth: Array, answers: Array, weights: Array) -> Array:
    found = [_f1_of(truth, answers, weights, int(label)) for label in np.union1d(truth, answers)]
    total: Array = np.sum([score for score, _ in found], axis=0)
    occurring: Array = np.sum([present for _, present in found], axis=0)
    mean: Array = total / occurring
    return mean


def _by_score(truth: Array, answers: Array, weights: Array, *, descending: bool) -> tuple[Array, Array]:
    """Weights of positives and of negatives at each distinct score, in the order of the scores."""
    order = np.argsort(-answers if descending else answers, kind="stable")
    ranked = answers[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    positive = (truth[order] == 1).astype(float)
    sorted_weights = weights[:, order]
    return (
        np.add.reduceat(sorted_weights * positive, starts, axis=1),
        np.add.reduceat(sorted_weights * (1 - positive), starts, axis=1),
    )


def _share(part: Array, whole: Array) -> Array:
    """A quotient, NaN where there is nothing to divide by."""
    found: Array = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return found


def _roc_auc(truth: Array, answers: Array, weights: Array) -> Array:
    """The share of pairs in the right order, ties counted by half (Hanley and McNeil 1982)."""
    positives, negatives = _by_score(truth, answers, weights, descending=False)
    below = np.cumsum(negatives, axis=1) - 0.5 * negatives
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    right = (positives * below).sum(axis=1)
    return _share(right, pairs)


def _average_precision(truth: Array, answers: Array, weights: Array) -> Array:
    positives, negatives = _by_score(truth, answers, weights, descending=True)
    found = np.cumsum(positives, axis=1)
    asked = found + np.cumsum(negatives, axis=1)
    precision = np.divide(found, asked, out=np.zeros_like(found), where=asked > 0)
    whole = positives.sum(axis=1)
    gained = (positives * precision).sum(axis=1)
    return _share(gained, whole)


def _log_losses(truth: Array, answers: Array) -> Array:
    tiny = np.finfo(float).eps
    if answers.ndim == 1:
        chosen = np.where(truth == 1, answers, 1 - answers)
    else:
        chosen = (answers / answers.sum(axis=1, keepdims=True))[np.arange(len(truth)), truth]
    losses: Array = -np.log(np.clip(chosen, tiny, 1 - tiny))
    return losses


def _brier_losses(truth: Array, answers: Array) -> Array:
    if answers.ndim == 1:
        squares: Array = (answers - truth) ** 2
        return squares
    wanted = np.eye(answers.shape[1])[truth]
    summed: Array = ((answers - wanted) ** 2).sum(axis=1)
    return summed


def _rmse(truth: Array, answers: Array, weights: Array) -> Array:
    return np.sqrt(_mean_of(lambda y, p: (y - p) ** 2)(truth, answers, weights))


def _r2(truth: Array, answers: Array, weights: Array) -> Array:
    centred = truth - truth.mean()
    left = weights @ ((truth - answers) ** 2)
    whole = weights @ centred**2 - (weights @ centred) ** 2 / weights.sum(axis=1)
    exact = np.where(left <= 0, 1.0, 0.0)  # nothing to explain: 1 where nothing is left, else 0
    return np.where(whole > 0, 1 - np.divide(left, whole, out=np.zeros_like(left), where=whole > 0), exact)


def _ndcg_rows(truth: Array, answers: Array) -> Array:
    """Discounted gain of each row's ranking beside the ideal; tied answers share their places' discounts."""
    discounts = 1 / np.log2(np.arange(truth.shape[1]) + 2)
    found = np.zeros(len(truth))
    for row, (gains, scores) in enumerate(zip(truth, answers, strict=True)):
        ideal = float(np.sort(gains)[::-1] @ discounts)
        _, ties, counts = np.unique(-scores, return_inverse=True, return_counts=True)
        shared = np.add.reduceat(discounts, np.r_[0, np.cumsum(counts)[:-1]]) / counts
        found[row] = float(gains @ shared[ties]) / ideal if ideal > 0 else 0.0
    return found


def _deviation(truth: Array) -> float:
    return float(truth.std())


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", _mean_of(lambda y, p: y == p), "labels"),
        Metric("balanced_accuracy", _balanced_accuracy, "labels", stratified=True),
        Metric("f1", _f1, "labels", stratified=True, binary=True),
        Metric("f1_macro", _f1_macro, "labels", stratified=True),
        Metric("roc_auc", _roc_auc, "scores", stratified=True, binary=True),
        Metric("average_precision", _average_precision, "scores", stratified=True, binary=True),
        Metric("log_loss", _mean_of(_log_losses), "probabilities", greater_is_better=False, unit=False),
        Metric("brier", _mean_of(_brier_losses), "probabilities", greater_is_better=False, unit=False),
        Metric("rmse", _rmse, "numbers", greater_is_better=False, unit=False, spread=_deviation),
        Metric("mae", _mean_of(lambda y, p: np.abs(y - p)), "numbers", False, unit=False, spread=_deviation),
        Metric("r2", _r2, "numbers", unit=False, spread=lambda truth: 1.0),
        Metric("ndcg", _mean_of(_ndcg_rows), "grades"),
    )
}


def metric_of(metric: str | Callable[[Any, Any], float], greater_is_better: bool | None, answers: str | None) -> Metric:
    """The metric of that name, or the author's own function `(y_true, y_pred) -> float`; raises GraderError."""
    if isinstance(metric, str):
        if metric not in METRICS:
            raise GraderError(f"holdout: there is no metric {metric!r}; there are {', '.join(METRICS)}")
        if greater_is_better is not None or answers is not None:
            raise GraderError("holdout: greater_is_better= and answers= are for a metric of your own")
        return METRICS[metric]
    if not callable(metric):
        raise GraderError(f"holdout: metric must be a name or a function, not {type(metric).__name__}")
    if greater_is_better is None:
        raise GraderError("holdout: a metric of your own needs greater_is_better=")
    kinds: dict[str | None, Answers] = {kind: kind for kind in get_args(Answers) if kind != "grades"}
    if answers not in kinds:
        raise GraderError(f"holdout: a metric of your own needs answers=, one of {', '.join(map(str, kinds))}")
    name = str(getattr(metric, "__name__", "metric"))[:80]
    return Metric(
        name,
        _one_by_one(metric, name),
        kinds[answers],
        greater_is_better,
        unit=False,
        stratified=answers != "numbers",
        encoded=False,
        spread=None,
    )


def _one_by_one(metric: Callable[[Any, Any], float], name: str) -> Score:
    def score(truth: Array, answers: Array, weights: Array) -> Array:
        found = np.empty(len(weights))
        for row, each in enumerate(weights):
            chosen = np.repeat(np.arange(len(truth)), each.astype(int))
            try:
                found[row] = float(metric(truth[chosen], answers[chosen]))
            except Exception as error:  # noqa: BLE001 - an author's function may raise anything
                raise GraderError(f"holdout: the metric {name} raised {type(error).__name__}: {error}") from None
            if not math.isfinite(found[row]):
                raise GraderError(f"holdout: the metric {name} gave {found[row]}, which is no score")
        return found

    return score
