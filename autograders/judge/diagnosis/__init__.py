"""Says what kind of difference there is between an answer and what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograders.judge.diagnosis.pair import MOST_VALUES, Pair
from autograders.judge.diagnosis.table import ANY_ORDER, ANY_PLACE, ITEMS_EXCHANGED, KINDS, SHAPES, TABLE, VALUES
from autograders.judge.diagnosis.value_rows import Misconception

__all__ = ["ANY_PLACE", "TABLE", "Finding", "Misconception", "Pair", "diagnose", "exchanged", "figures"]
MOST_AXES = 6
SENTENCE_LIMIT = 320


@dataclass(frozen=True)
class Finding:
    """A misconception that explains a difference: its row's name and title, and the sentence with its figures."""

    name: str
    title: str
    sentence: str


def diagnose(pair: Pair, *, ordered: bool = True) -> Finding | None:
    """The first row of the table that explains the difference; None where none does, or there is no difference.

    Where the values are a choice out of many (not `ordered`), or too many, only rows about each by itself are asked.
    """
    if "O" in (pair.actual.dtype.kind, pair.expected.dtype.kind) or max(pair.a.ndim, pair.e.ndim) > MOST_AXES:
        return None
    if not pair.alike:
        return _first(SHAPES, pair)
    if pair.wrong is None:
        if (found := _first(KINDS, pair)) or pair.a.size == 0:
            return found
        # Another kind of number, and other values too.
        pair.wrong = ~pair.near(pair.e, pair.a)
    if not np.any(pair.wrong):
        return None
    return _first(VALUES if ordered and pair.e.size <= MOST_VALUES else ANY_ORDER, pair)


def exchanged(first: str, second: str) -> Finding:
    """The finding that two items stand in each other's place."""
    return _finding(ITEMS_EXCHANGED, {"first": first, "second": second})


def _first(rows: Iterable[Misconception], pair: Pair) -> Finding | None:
    for row in rows:
        with np.errstate(all="ignore"):
            fields = row.detect(pair)
        if fields is not None:
            return _finding(row, fields, alone=pair.alike and pair.e.size == 1)
    return None


def _finding(row: Misconception, fields: dict[str, str], *, alone: bool = False) -> Finding:
    sentence = row.sentence.format(**fields)
    if alone:
        sentence = sentence.replace("Every value ", "Your answer ")
    return Finding(
        row.name, row.title, sentence if len(sentence) <= SENTENCE_LIMIT else sentence[: SENTENCE_LIMIT - 1] + "…"
    )


def figures(pair: Pair) -> dict[str, Any]:
    """Where values differ first, how many do, and the largest error: in itself and in tolerances.

    `largest_error` and `tolerances` are None where no finite error is, and `tolerances` where nothing is tolerated.
    """
    assert pair.wrong is not None
    wrong = np.atleast_1d(pair.wrong)
    first = np.unravel_index(int(np.argmax(wrong)), wrong.shape) if pair.wrong.ndim else ()
    found: dict[str, Any] = {
        "first_index": [int(i) for i in first],
        "wrong": int(wrong.sum()),
        "total": int(wrong.size),
        "largest_error": None,
        "tolerances": None,
    }
    with np.errstate(all="ignore"):
        error = np.atleast_1d(np.abs(pair.a - pair.e))
        bound = np.atleast_1d(pair.atol + pair.rtol * np.abs(pair.e))
        finite = np.isfinite(error) & wrong
        if not finite.any():
            return found
        found["largest_error"] = _short(error[finite].max())
        ratios = error[finite & (bound > 0)] / bound[finite & (bound > 0)]
        if ratios.size and np.isfinite(ratios.max()):
            found["tolerances"] = _short(ratios.max())
    return found


def _short(value: float) -> float:
    """Six digits: more would differ from one processor to the next."""
    return float(f"{value:.6g}")
