"""What a model answered, checked strictly before it is measured: shape, kind, range, known labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograders.judge.callbacks import GraderError
from autograders.judge.comparisons import show
from autograders.judge.metrics import Array, Metric
from autograders.judge.proxies import Remote

SUM_TOLERANCE = 1e-4  # of a row of probabilities computed in single precision
KINDS = {"b": "boolean", "i": "integer", "u": "integer", "f": "float", "U": "text", "S": "bytes"}
# Which kinds of numpy may answer for which: whole numbers may stand where floats are asked for.
MAY_ANSWER = {"b": "b", "i": "iu", "u": "iu", "f": "fiu", "U": "U", "S": "S"}


class BadPrediction(AssertionError):
    """A prediction that cannot be measured; says what is wrong and never what would be right."""


@dataclass(frozen=True)
class Target:
    """What is to be predicted: the metric, and for labels the classes in their order."""

    metric: Metric
    classes: Array | None
    kind: str
    width: int = 0  # of a row of grades

    def truth(self, values: Array) -> Array:
        """Known values as the metric takes them."""
        if self.classes is None or not self.metric.encoded:
            return values
        codes: Array = np.searchsorted(self.classes, values)
        return codes

    def answers(self, answer: Any, rows: int) -> Array:
        """A model's answer for that many rows as the metric takes it; raises BadPrediction."""
        if not isinstance(answer, np.ndarray):
            kind = (
                "an object"
                if isinstance(answer, Remote)
                else "None"
                if answer is None
                else f"a {type(answer).__name__}"
            )
            raise BadPrediction(f"the predictions must be a numpy array, not {kind}")
        match self.metric.answers:
            case "labels":
                return self._labels(answer, rows)
            case "probabilities":
                return self._probabilities(answer, rows)
            case "grades":
                return _finite(answer, (rows, self.width))
            case _:
                return _finite(answer, (rows,))

    def _labels(self, answer: Array, rows: int) -> Array:
        assert self.classes is not None
        _have_shape(answer, (rows,))
        if answer.dtype.kind not in MAY_ANSWER[self.kind]:
            raise BadPrediction(f"the predicted labels must be {KINDS[self.kind]}, not {answer.dtype}")
        codes = np.clip(np.searchsorted(self.classes, answer), 0, len(self.classes) - 1)
        strange = self.classes[codes] != answer
        if np.any(strange):
            first = int(np.argmax(strange))
            raise BadPrediction(
                f"{int(strange.sum()):,} of {rows:,} predictions are no known label, as {show(answer[first])[:60]}"
            )
        return codes if self.metric.encoded else answer

    def _probabilities(self, answer: Array, rows: int) -> Array:
        assert self.classes is not None
        count = len(self.classes)
        if not (count == 2 and answer.ndim == 1):
            _finite(answer, (rows, count), f"; a column for each of the {count} labels in sorted order")
        values = _finite(answer, answer.shape if answer.ndim == 2 else (rows,))
        if np.any((values < 0) | (values > 1)):
            raise BadPrediction("the predicted probabilities must lie between 0 and 1")
        if values.ndim == 2 and np.any(np.abs(values.sum(axis=1) - 1) > SUM_TOLERANCE):
            raise BadPrediction("the predicted probabilities of each row must add up to 1")
        return values[:, 1] if values.ndim == 2 and count == 2 else values


def _have_shape(answer: Array, shape: tuple[int, ...], more: str = "") -> None:
    if answer.shape != shape:
        raise BadPrediction(f"the predictions must have shape {shape}, not {answer.shape}{more}")


def _finite(answer: Array, shape: tuple[int, ...], more: str = "") -> Array:
    _have_shape(answer, shape, more)
    if answer.dtype.kind not in "fiu":
        raise BadPrediction(f"the predictions must be float, not {answer.dtype}")
    values = answer.astype(float)
    if not np.all(np.isfinite(values)):
        wrong = int((~np.isfinite(values)).sum())
        raise BadPrediction(f"{wrong:,} of {values.size:,} predictions are not finite")
    return values


def target_of(metric: Metric, train: Array, test: Array) -> Target:
    """What these known values ask of a model; raises GraderError where the metric has no use for them."""
    if metric.answers == "grades":
        if test.ndim != 2 or test.dtype.kind not in "fiub" or np.any(test < 0):
            raise GraderError(f"holdout: {metric.name} takes grades of shape (rows, items), none negative")
        return Target(metric, None, test.dtype.kind, test.shape[1])
    if test.ndim != 1 or train.ndim != 1:
        raise GraderError(f"holdout: {metric.name} takes one value a row, not shapes {train.shape} and {test.shape}")
    if not metric.classifies:
        if test.dtype.kind not in "fiu" or train.dtype.kind not in "fiu":
            raise GraderError(f"holdout: {metric.name} takes numbers, not {test.dtype}")
        return Target(metric, None, test.dtype.kind)
    if test.dtype.kind not in MAY_ANSWER or test.dtype.kind != train.dtype.kind:
        raise GraderError(f"holdout: labels must be of one kind on both sides, not {train.dtype} and {test.dtype}")
    classes = np.unique(np.concatenate([train, test]))
    if len(classes) < 2 or (metric.binary and len(classes) != 2):
        wanted = "two classes" if metric.binary else "at least two classes"
        raise GraderError(f"holdout: {metric.name} is for {wanted}, not {len(classes)}")
    return Target(metric, classes, test.dtype.kind)
