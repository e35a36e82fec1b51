"""Predictions that cannot be measured fail with what is wrong about them; nothing is bent into shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograders.judge.metrics import METRICS, Array
from autograders.judge.predictions import BadPrediction, Target, target_of

CLASSES = {2: np.array([0, 1, 1, 0]), 3: np.array([5, 7, 9, 5])}


def target(name: str, classes: int = 2) -> Target:
    metric = METRICS[name]
    if metric.answers == "grades":
        return target_of(metric, np.ones((4, 3)), np.ones((4, 3)))
    known = CLASSES[classes] if metric.classifies else np.array([0.5, 1.5, 2.5, 3.5])
    return target_of(metric, known, known)


def p(*rows: Any) -> Array:
    return np.array(rows)


@pytest.mark.parametrize(
    ("name", "classes", "answer", "words"),
    [
        ("accuracy", 2, None, "must be a numpy array, not None"),
        ("accuracy", 2, [0, 1, 1, 0], "must be a numpy array, not a list"),
        ("accuracy", 2, p(0, 1, 1), r"must have shape \(4,\), not \(3,\)"),
        ("accuracy", 2, p([0], [1], [1], [0]), r"must have shape \(4,\), not \(4, 1\)"),
        ("accuracy", 2, p(0.0, 1.0, 1.0, 0.0), "must be integer, not float64"),
        ("accuracy", 2, p(True, False, True, True), "must be integer, not bool"),
        ("accuracy", 3, p(5, 6, 7, 99), "2 of 4 predictions are no known label, as 6"),
        ("f1_macro", 3, p(0, 1, 2, 0), "4 of 4 predictions are no known label"),
        ("roc_auc", 2, p(0.1, np.nan, np.inf, 1), "2 of 4 predictions are not finite"),
        ("roc_auc", 2, p("a", "b", "c", "d"), "must be float, not <U1"),
        ("roc_auc", 2, p(1 + 1j, 0, 0, 0), "must be float, not complex128"),
        ("log_loss", 2, p(0.1, 0.2, 1.1, 0), "must lie between 0 and 1"),
        (
            "log_loss",
            3,
            p(0.1, 0.2, 0.3, 0),
            r"must have shape \(4, 3\), not \(4,\); a column for each of the 3 labels",
        ),
        ("log_loss", 3, np.full((4, 3), 0.5), "of each row must add up to 1"),
        ("brier", 2, p(0.1, -0.2, 0.5, 0), "must lie between 0 and 1"),
        ("rmse", 2, p(1, np.nan, 2, 3), "1 of 4 predictions are not finite"),
        ("mae", 2, p([1, 2, 3, 4]), r"must have shape \(4,\), not \(1, 4\)"),
        ("ndcg", 2, np.ones((4, 2)), r"must have shape \(4, 3\), not \(4, 2\)"),
    ],
)
def test_what_is_wrong_is_said(name: str, classes: int, answer: Any, words: str) -> None:
    with pytest.raises(BadPrediction, match=words):
        target(name, classes).answers(answer, 4)


@pytest.mark.parametrize(
    ("name", "classes", "answer", "taken"),
    [
        ("accuracy", 2, p(0, 1, 1, 0).astype(np.uint8), [0, 1, 1, 0]),
        ("accuracy", 3, p(9, 5, 7, 5), [2, 0, 1, 0]),
        ("roc_auc", 2, p(3, -1, 2, 0), [3, -1, 2, 0]),
        ("log_loss", 2, p([0.9, 0.1], [0.2, 0.8], [1, 0], [0, 1]), [0.1, 0.8, 0, 1]),
        ("brier", 2, p(0.5, 0, 1, 0.25).astype(np.float32), [0.5, 0, 1, 0.25]),
        ("rmse", 2, p(1, 2, 3, 4), [1, 2, 3, 4]),
    ],
)
def test_what_can_be_measured_is_taken(name: str, classes: int, answer: Array, taken: list[float]) -> None:
    assert target(name, classes).answers(answer, 4).tolist() == taken


def test_probabilities_in_single_precision_may_add_up_to_nearly_one() -> None:
    thirds = np.full((4, 3), 1 / 3, np.float32)
    assert target("log_loss", 3).answers(thirds, 4).shape == (4, 3)


def test_text_labels_are_known_by_their_text() -> None:
    known = np.array(["cat", "dog"])
    words = target_of(METRICS["accuracy"], known, known)
    assert words.answers(np.array(["dog", "cat"]), 2).tolist() == [1, 0]
    with pytest.raises(BadPrediction, match="1 of 2 predictions are no known label, as doge"):
        words.answers(np.array(["doge", "cat"]), 2)


def test_an_endless_label_is_quoted_in_part() -> None:
    known = np.array(["cat", "dog"])
    with pytest.raises(BadPrediction) as caught:
        target_of(METRICS["accuracy"], known, known).answers(np.array(["x" * 10_000, "cat"]), 2)
    assert len(str(caught.value)) < 200
