"""What was last found unequal to a `pytest.approx`, which answers no and has no words of its own to give."""

from __future__ import annotations

import traceback
from typing import Any

import numpy as np

from autograders.judge.comparisons import Mismatch, Rule, explained_difference, explained_shapes

_last: list[tuple[Any, Any, Rule]] = []


def note(actual: Any, expected: Any, rule: Rule) -> None:
    """Keep one comparison, the last."""
    _last[:] = [(actual, expected, rule)]


def forget() -> None:
    """Begin another check."""
    _last.clear()


def explained(error: AssertionError, preface: str) -> Mismatch | None:
    """The mismatch behind a failed assertion, if the assertion that failed is one with `approx`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not _last or not frames or "approx(" not in (frames[-1].line or ""):
        return None
    actual, expected, rule = _last[0]
    found, wanted = np.shape(actual), np.shape(expected)
    if found != wanted:
        return explained_shapes(f"the answer must have shape {wanted}, not {found}", actual, expected)
    return explained_difference(actual, expected, rule, preface)
