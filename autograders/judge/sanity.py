"""Two runs that an author can switch on: what a model does with labels in random order, and with planted rows.

Both train once more, so they are made only of a submission whose score would be released.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograders.judge.callbacks import GraderError
from autograders.judge.metrics import Array
from autograders.judge.predictions import Target

# A model that learns from labels in random order is as likely to do worse than chance as better: each
# training is above it with probability at most 1/2, so ten in a row happen by luck less than once in 1,000.
MOST_TRAININGS = 10
ORDERS = 199
ABOVE = 0.05
MOST_ROWS = 2_000  # looked at for that: enough to see any use of the labels
LEAST_CANARIES = 16
CANARY_ORDERS = 9_999
CANARY_ALPHA = 0.001
FEW_VALUES = 10  # of a feature, which is then rather a name than a number

# (training rows, their labels, rows to predict) -> the checked answers.
Fit = Callable[[Any, Array, Any], Array]


class SanityFailed(AssertionError):
    """A model failed a sanity run; `found` has the figures for those who teach."""

    def __init__(self, text: str, found: dict[str, Any]) -> None:
        super().__init__(text)
        self.found = found


class KnowsTheLabels(SanityFailed):
    """The model does well without having been told the labels."""


class RecallsRows(SanityFailed):
    """The model gives back labels that nothing but having stored the row can tell."""


@dataclass(frozen=True)
class Sides:
    """Training rows with their values, the hidden rows, and which of those serve this with what is true there."""

    train: Any
    values: Array
    rows: Any
    apart: Array
    truth: Array  # of the rows apart, as the metric takes it


def permuted_labels(fit: Fit, sides: Sides, target: Target, rng: np.random.Generator) -> dict[str, Any]:
    """Train on labels in random order until one training falls to chance; raises KnowsTheLabels if none does.

    A single training is no evidence: with classes far apart a random rule is right for most rows or
    wrong for most. That it is right ten times running is. Where there are two classes or numbers,
    every other order is the opposite of the one before: a rule that was lucky there is unlucky here.
    """
    p_values: list[float] = []
    turned = target.classes is None or len(target.classes) == 2
    values = sides.values
    while len(p_values) < MOST_TRAININGS:
        values = _opposite(values, rng) if turned and len(p_values) % 2 else rng.permutation(values)
        answers = fit(sides.train, values, sides.rows)
        p_values.append(_share_as_good(target, sides.truth, answers[sides.apart], rng))
        if p_values[-1] > ABOVE:
            break
    found = {"trainings": len(p_values), "p_values": p_values, "passed": p_values[-1] > ABOVE}
    if not found["passed"]:
        raise KnowsTheLabels(
            f"trained {MOST_TRAININGS} times on labels in random order, the model still did better than chance every "
            "time: it knows labels from somewhere else than the training data",
            found,
        )
    return found


def _opposite(values: Array, rng: np.random.Generator) -> Array:
    """The same values in another order: the greatest where the least were, ties by lot."""
    ranks = np.lexsort((rng.random(len(values)), np.unique(values, return_inverse=True)[1]))
    turned = np.empty_like(values)
    turned[ranks] = np.sort(values)[::-1]
    return turned


def _share_as_good(target: Target, truth: Array, answers: Array, rng: np.random.Generator) -> float:
    """The p-value of the answers' score among scores beside the truth in random orders."""
    chosen = rng.permutation(len(truth))[:MOST_ROWS]
    truth, answers = truth[chosen], answers[chosen]
    sign = 1 if target.metric.greater_is_better else -1
    actual = sign * target.metric.of(truth, answers)
    others = [sign * target.metric.of(truth[rng.permutation(len(truth))], answers) for _ in range(ORDERS)]
    return (1 + sum(other >= actual for other in others)) / (1 + ORDERS)


def check_canaries(count: int, train: Any, rows: Any, target: Target) -> None:
    """Raise GraderError where so many rows cannot be planted."""
    if type(count) is not int or count < LEAST_CANARIES or count > len(train) // 4:
        raise GraderError(
            f"holdout: canary_rows must be from {LEAST_CANARIES} to a quarter of the training rows "
            f"({len(train) // 4:,}), not {count!r}"
        )
    arrays = isinstance(train, np.ndarray) and isinstance(rows, np.ndarray) and train.shape[1:] == rows.shape[1:]
    if not arrays or train.ndim < 2 or train.dtype.kind not in "fiub":
        raise GraderError("holdout: canary_rows needs training rows in a numeric array of two or more dimensions")
    if target.metric.answers == "grades":
        raise GraderError(f"holdout: canary_rows is not for {target.metric.name}")


def canary_rows(fit: Fit, count: int, sides: Sides, target: Target, rng: np.random.Generator) -> dict[str, Any]:
    """Plant rows whose labels are drawn by lot; raises RecallsRows where the model gives those back.

    A planted row lies close beside a training row, so that a model that learns says of it what it says
    of its neighbours. One-sided permutation test over the lot.
    """
    planted = _beside(sides.train, count, rng)
    lot = _lot(sides.values, target, count, rng)
    order = rng.permutation(len(sides.train) + count)
    rows = np.concatenate([sides.train, planted])[order]
    # Among the hidden rows, so that this training looks like any other.
    everything = np.concatenate([sides.rows, planted])
    answers = fit(rows, np.concatenate([sides.values, lot])[order], everything)[-count:]
    agreement = _agreement(target, target.truth(lot), answers)
    orders = rng.permuted(np.tile(np.arange(count), (CANARY_ORDERS, 1)), axis=1)
    others = agreement[orders, np.arange(count)].sum(axis=1)
    actual = float(np.trace(agreement))
    p_value = (1 + int((others >= actual - 1e-9 * abs(actual)).sum())) / (1 + CANARY_ORDERS)
    found = {"rows": count, "p_value": p_value, "passed": p_value > CANARY_ALPHA}
    if target.metric.answers == "labels":
        found |= {"recalled": round(actual), "by_chance": float(agreement.mean() * count)}
    if not found["passed"]:
        raise RecallsRows(
            "the model gives back the labels of rows that were planted in the training data with labels drawn by "
            "lot, more often than chance allows: it stores rows instead of learning from them",
            found,
        )
    return found


def _beside(train: Array, count: int, rng: np.random.Generator) -> Array:
    """Rows beside training rows: each feature of many values has the next greater or smaller one that occurs.

    Rows far from all others would be no test: whatever a model says there it has from them alone.
    Where no feature has many values, each row takes every feature from another training row.
    """
    flat = train.reshape(len(train), -1)
    rows = flat[rng.choice(len(flat), count, replace=False)]
    moved = False
    for feature in range(flat.shape[1]):
        known = np.unique(flat[:, feature])
        if len(known) > max(FEW_VALUES, len(flat) // 20):
            place = np.searchsorted(known, rows[:, feature]) + rng.choice((-1, 1), count)
            # Beyond an end it is the value on the other side.
            place = np.where(place < 0, 1, np.where(place == len(known), len(known) - 2, place))
            rows[:, feature] = known[place]
            moved = True
    if not moved:
        rows = flat[rng.integers(len(flat), size=(count, flat.shape[1])), np.arange(flat.shape[1])]
    planted: Array = rows.reshape(count, *train.shape[1:])
    return planted


def _lot(values: Array, target: Target, count: int, rng: np.random.Generator) -> Array:
    """Labels for planted rows: every class as often as any other, numbers from all over their range."""
    if target.classes is not None:
        known = np.unique(values)
        return rng.permutation(np.resize(known, count))
    spread = np.sort(values)[np.linspace(0, len(values) - 1, count).astype(int)]
    return rng.permutation(spread)


def _agreement(target: Target, lot: Array, answers: Array) -> Array:
    """How well each label of the lot (rows) fits the answer for each planted row (columns)."""
    if target.metric.answers == "labels":
        same: Array = (lot[:, None] == answers[None, :]).astype(float)
        return same
    if target.metric.answers == "probabilities" and answers.ndim == 2:
        codes = lot if target.metric.encoded else np.searchsorted(target.classes, lot)  # type: ignore[arg-type]
        chosen: Array = answers[:, codes].T
        return chosen
    numbers = lot if target.classes is None else np.searchsorted(np.unique(lot), lot)
    product: Array = np.outer(numbers - numbers.mean(), answers - answers.mean())
    return product
