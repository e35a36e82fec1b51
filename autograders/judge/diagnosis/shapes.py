"""Mistakes that show in the shape or the kind of an array, before any value is compared."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

from autograders.judge.diagnosis.pair import Array, Pair

Fields = dict[str, str]
MOST_AXES = 4


def turned_round(pair: Pair) -> Fields | None:
    """The answer with its axes in another order, values and all."""
    if pair.alike or pair.a.ndim != pair.e.ndim or not 2 <= pair.e.ndim <= MOST_AXES:
        return None
    for order in permutations(range(pair.e.ndim)):
        if pair.equals(np.transpose(pair.a, order), pair.e):
            return {
                "what": "The transpose of your answer"
                if pair.e.ndim == 2
                else "Your answer with its axes in another order"
            }
    return None


def extra_axis(pair: Pair) -> Fields | None:
    """An axis of length 1 that is there and should not be, or the reverse."""
    if pair.alike or pair.a.ndim == pair.e.ndim or pair.a.size != pair.e.size:
        return None
    if np.squeeze(pair.a).shape != np.squeeze(pair.e).shape or pair.a.size == 0:
        return None
    right = pair.equals(np.squeeze(pair.a), np.squeeze(pair.e))
    axes = "an axis" if abs(pair.a.ndim - pair.e.ndim) == 1 else "axes"
    return {
        "what": f"{axes} of length 1 too {'many' if pair.a.ndim > pair.e.ndim else 'few'}",
        "rest": "; the values are right" if right else "",
    }


def reshaped(pair: Pair) -> Fields | None:
    """The right values in the right order, in another shape; or in the order of columns."""
    if pair.alike or pair.a.size != pair.e.size or pair.a.size < 2:
        return None
    if pair.equals(pair.a.ravel(), pair.e.ravel()):
        return {"what": "in their order"}
    if pair.e.size <= 1 << 20 and pair.equals(pair.a.ravel(), pair.e.ravel(order="F")):
        return {"what": "read column by column"}
    return None


def not_reduced(pair: Pair) -> Fields | None:
    """An axis too many, over which the sum, the mean or the like is the expected answer."""
    if pair.alike or pair.a.ndim <= pair.e.ndim or pair.a.size == 0:
        return None
    return _reduced(pair, pair.a, pair.e)


def reduced_too_far(pair: Pair) -> Fields | None:
    """The sum, mean or the like of what was expected, over an axis that should have stayed."""
    if pair.alike or pair.a.ndim >= pair.e.ndim or pair.e.size == 0:
        return None
    return _reduced(pair, pair.e, pair.a)


def one_for_many(pair: Pair) -> Fields | None:
    """One number where several are expected."""
    return {"n": f"{pair.e.size:,}"} if pair.a.ndim < pair.e.ndim and pair.a.size == 1 < pair.e.size else None


def many_for_one(pair: Pair) -> Fields | None:
    """Several numbers where one is expected."""
    return {"n": f"{pair.a.size:,}"} if pair.e.ndim < pair.a.ndim and pair.e.size == 1 < pair.a.size else None


REDUCTIONS: tuple[tuple[str, Callable[..., Array]], ...] = (
    ("sum", np.sum),
    ("mean", np.mean),
    ("largest value", np.max),
    ("smallest value", np.min),
    ("length", np.linalg.norm),
    ("product", np.prod),
)


def _reduced(pair: Pair, large: Array, small: Array) -> Fields | None:
    axes: list[int | None] = [axis for axis in range(large.ndim) if large.shape[axis] > 1]
    if large.size > 1 << 20:
        return None
    for axis in [*axes, None]:
        for what, reduce in REDUCTIONS:
            if what == "length" and axis is None and large.ndim > 2:
                continue
            if large.dtype.kind == "c" and what.endswith("value"):
                continue
            with np.errstate(all="ignore"):
                found = np.asarray(reduce(large, axis=axis))
            if found.shape == small.shape and np.isfinite(found).all() and _tells(pair, found, small):
                return {"what": what, "axis": "all axes" if axis is None else f"axis {axis}"}
    return None


def _tells(pair: Pair, found: Array, small: Array) -> bool:
    """Equal values beyond accident: several, or one with many digits."""
    part = pair.part(small, found)
    if not part.equals(small, found):
        return False
    return part.levels == np.inf or len(np.unique(np.round(found, 9))) >= 3


def other_axis(pair: Pair) -> Fields | None:
    """The length of the answer is that of another axis of an input: reduced along the wrong one."""
    if pair.alike or pair.a.ndim != pair.e.ndim:
        return None
    for shape in pair.shapes:
        if not 2 <= len(shape) <= MOST_AXES or len(set(shape)) != len(shape):
            continue
        left = {_without(shape, axis): axis for axis in range(len(shape))}
        wanted, found = left.get(pair.e.shape), left.get(pair.a.shape)
        if wanted is not None and found is not None and wanted != found:
            return {"found": str(found), "wanted": str(wanted), "shape": str(shape)}
    return None


def other_square(pair: Pair) -> Fields | None:
    """A square matrix of one axis of an input with itself, where another axis was meant."""
    a, e = pair.a.shape, pair.e.shape
    if len(a) != 2 or len(e) != 2 or a[0] != a[1] or e[0] != e[1] or a == e:
        return None
    for shape in pair.shapes:
        if len(shape) == 2 and shape in ((a[0], e[0]), (e[0], a[0])):
            return {"found": str(shape.index(a[0])), "wanted": str(shape.index(e[0])), "shape": str(shape)}
    return None


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return shape[:axis] + shape[axis + 1 :]


def spread_out(pair: Pair) -> Fields | None:
    """(n,) beside (n, 1) makes (n, n): an answer of every value with every other one."""
    a, e = pair.a, pair.e
    if e.ndim < 1 or a.ndim != e.ndim + 1 or e.shape[-1] < 2 or 1 in e.shape:
        return None
    square = a.shape in ((*e.shape, e.shape[-1]), (e.shape[0], *e.shape))
    return {"n": str(e.shape[-1])} if square else None


def flat_again(pair: Pair) -> Fields | None:
    """A column of n expected, n by n found: the same with the axis of length 1 kept."""
    a, e = pair.a, pair.e
    if a.ndim != 2 or e.ndim != 2 or 1 not in e.shape or max(e.shape) < 2:
        return None
    return {"n": str(max(e.shape))} if a.shape == (max(e.shape),) * 2 else None


def broadcast(pair: Pair) -> Fields | None:
    """Either of the two ways in which broadcasting makes a square of a row and a column."""
    return spread_out(pair) or flat_again(pair)


def one_too_few(pair: Pair) -> Fields | None:
    """One or two entries too few or too many along one axis, and which, where the others tell."""
    a, e = pair.a, pair.e
    if pair.alike or a.ndim != e.ndim or e.ndim == 0:
        return None
    other = [axis for axis in range(e.ndim) if a.shape[axis] != e.shape[axis]]
    if len(other) != 1 or abs(a.shape[other[0]] - e.shape[other[0]]) > 2:
        return None
    axis, missing = other[0], e.shape[other[0]] - a.shape[other[0]]
    short, long = (a, e) if missing > 0 else (e, a)
    cut = abs(missing)
    first, last = (np.moveaxis(long, axis, 0)[part] for part in (slice(cut, None), slice(None, -cut)))
    ends = {"at the beginning": first, "at the end": last}
    where = next((f" {words}" for words, part in ends.items() if pair.equals(np.moveaxis(short, axis, 0), part)), "")
    if cut == 2 and not where:
        return None
    count = "there is one entry" if cut == 1 else "there are two entries"
    return {
        "what": f"{count} too {'few' if missing > 0 else 'many'}",
        "where": where,
        "axis": str(axis),
    }


def other_dtype(pair: Pair) -> Fields | None:
    """The right values as another kind of number."""
    if not pair.alike or pair.actual.dtype.kind == pair.expected.dtype.kind or pair.a.size == 0:
        return None
    if pair.actual.dtype.kind not in "biufc" or not pair.equals(pair.a, pair.e):
        return None
    return {"found": str(pair.actual.dtype), "wanted": str(pair.expected.dtype)}
