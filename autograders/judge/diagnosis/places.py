"""Right values in wrong places, and wrong values in places that have something in common."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from autograders.judge.diagnosis.pair import ENOUGH_BITS, Array, Pair

Fields = dict[str, str]
MOST_AXES = 4
MOST_SORTED = 1 << 20
MOST_INVERTED = 256


def transposed(pair: Pair) -> Fields | None:
    """Two axes of the same length exchanged."""
    if not 2 <= pair.e.ndim <= MOST_AXES:
        return None
    for i, j in combinations(range(pair.e.ndim), 2):
        if pair.e.shape[i] == pair.e.shape[j] and pair.fits(np.swapaxes(pair.e, i, j)):
            return {"axes": f"{i} and {j}"}
    return None


def backwards(pair: Pair) -> Fields | None:
    """The entries along an axis in the opposite order."""
    for axis in range(min(pair.e.ndim, MOST_AXES)):
        # Four different values in the opposite order are in the opposite order, whatever they are.
        few = pair.e.ndim == 1 and 4 <= pair.e.size <= 64 and len(np.unique(pair.e)) == pair.e.size
        if pair.e.shape[axis] > 1 and pair.fits(np.flip(pair.e, axis), cost=-10.0 if few else 1.0):
            return {"axis": str(axis)}
    return None


def shifted(pair: Pair) -> Fields | None:
    """Every entry stands one to three places from where it belongs."""
    for axis in range(min(pair.e.ndim, MOST_AXES)):
        for step in (1, -1, 2, -2, 3, -3):
            if abs(step) + 2 > pair.e.shape[axis]:
                continue
            a, e = np.moveaxis(pair.a, axis, 0), np.moveaxis(pair.e, axis, 0)
            late = step > 0
            n = abs(step)
            part = pair.part(a[n:], e[n:]) if late else pair.part(a[:-n], e[:-n])
            if part.fits(e[:-n] if late else e[n:], cost=4.0):
                places = "one place" if n == 1 else f"{n} places"
                return {"places": places, "way": "late" if late else "early", "axis": str(axis)}
    return None


def in_order(pair: Pair) -> Fields | None:
    """The right values, sorted, where another order was asked for."""
    if pair.e.ndim != 1 or not _is_real(pair) or not 3 <= pair.e.size <= MOST_SORTED:
        return None
    steps = np.diff(pair.a)
    if not (np.all(steps >= 0) or np.all(steps <= 0)):
        return None
    found = np.sort(pair.e) if np.all(steps >= 0) else np.sort(pair.e)[::-1]
    return {} if pair.fits(found, cost=1.0) else None


def not_in_order(pair: Pair) -> Fields | None:
    """The right values in another order, where they were to be sorted."""
    if pair.e.ndim != 1 or pair.e.size < 3 or not _is_real(pair):
        return None
    steps = np.diff(pair.e)
    if not (np.all(steps >= 0) or np.all(steps <= 0)):
        return None
    return other_order(pair)


def other_order(pair: Pair) -> Fields | None:
    """The right values, each where another belongs."""
    n = pair.e.size
    if not 3 <= n <= MOST_SORTED or not _is_real(pair):
        return None
    flat = pair if pair.e.ndim == 1 else pair.part(pair.a.ravel(), pair.e.ravel())
    return {} if _permuted(flat, flat.a, flat.e) else None


def rows_in_other_order(pair: Pair) -> Fields | None:
    """The right rows of a matrix, each where another belongs."""
    if pair.e.ndim != 2 or min(pair.e.shape) < 2 or not _is_real(pair) or pair.e.size > MOST_SORTED:
        return None
    return {} if _permuted(pair, *(_keys(each) for each in (pair.a, pair.e)), rows=True) else None


def columns_in_other_order(pair: Pair) -> Fields | None:
    """The right columns of a matrix, each where another belongs."""
    if pair.e.ndim != 2:
        return None
    return rows_in_other_order(pair.part(pair.a.T, pair.e.T))


def _keys(rows: Array) -> Array:
    """A number for each row, nearly surely another for another row."""
    weights = np.random.default_rng(0).uniform(1, 2, size=rows.shape[1])
    return np.asarray(rows @ weights)


def _permuted(pair: Pair, found: Array, wanted: Array, *, rows: bool = False) -> bool:
    n = len(found)
    order = np.empty(n, dtype=np.intp)
    order[np.argsort(found, kind="stable")] = np.argsort(wanted, kind="stable")
    # There are so many orders that one of them fits values of few levels anyhow.
    cost = math.lgamma(n + 1) / math.log(2)
    return pair.fits(pair.e[order], cost=cost if rows or pair.levels < math.inf else 2.0)


def relabelled(pair: Pair) -> Fields | None:
    """Labels that stand for the right groups, each under another number."""
    if pair.e.ndim != 1 or not _is_real(pair) or pair.a.size < 6 or pair.a.size > MOST_SORTED:
        return None
    if np.any(pair.e != np.round(pair.e)) or np.any(pair.a != np.round(pair.a)):
        return None
    wanted, found = _as_labels(pair.thin_e), _as_labels(pair.thin_a)
    groups = len(np.unique(wanted))
    if not 2 <= groups <= 100 or groups != len(np.unique(np.stack([wanted, found]), axis=1).T):
        return None
    # So many bits do the labels hold beyond which name each group has.
    bits = pair.a.size * math.log2(groups) - math.lgamma(groups + 1) / math.log(2)
    if bits < ENOUGH_BITS or pair.a.size < 2 * groups:
        return None
    names = dict(zip(pair.thin_e.tolist(), pair.thin_a.tolist(), strict=True))
    kinds, place = np.unique(pair.e, return_inverse=True)
    if len(kinds) != groups or len(set(names.values())) != groups:
        return None
    if not np.array_equal(np.array([names[kind] for kind in kinds.tolist()])[place], pair.a):
        return None
    return {"groups": str(groups)}


def inverse_order(pair: Pair) -> Fields | None:
    """Where each place's value comes from, in place of where it goes to: argsort for ranks."""
    n = pair.e.size
    if pair.e.ndim != 1 or not 5 <= n <= MOST_SORTED or not _is_real(pair):
        return None
    for start in (0, 1):
        every = np.arange(start, n + start)
        if np.array_equal(np.sort(pair.e), every) and np.array_equal(np.sort(pair.a), every):
            back = np.empty(n)
            back[pair.e.astype(np.intp) - start] = every
            return {} if np.array_equal(back, pair.a) else None
    return None


def summed_up(pair: Pair) -> Fields | None:
    """Running sums of what was expected."""
    for axis in range(min(pair.e.ndim, MOST_AXES)):
        if pair.e.shape[axis] > 2 and np.all(np.isfinite(pair.e)) and pair.fits(np.cumsum(pair.e, axis), cost=1.0):
            return {"axis": str(axis)}
    return None


def not_summed_up(pair: Pair) -> Fields | None:
    """The single steps, where running sums were expected."""
    return summed_up(pair.turned())


def inverse(pair: Pair) -> Fields | None:
    """The inverse of the expected matrix."""
    if pair.e.ndim != 2 or pair.e.shape[0] != pair.e.shape[1] or not 2 <= pair.e.shape[0] <= MOST_INVERTED:
        return None
    if not np.all(np.isfinite(pair.e)) or np.linalg.cond(pair.e) > 1e7:
        return None
    return {} if pair.fits(np.linalg.inv(pair.e)) else None


def zeros(pair: Pair) -> Fields | None:
    """Nothing but zeros: what was made to be filled was not."""
    if pair.a.size < 2 or np.any(pair.a) or np.count_nonzero(pair.thin_e) < 2:
        return None
    return {}


def constant(pair: Pair) -> Fields | None:
    """The same number everywhere, where different ones belong."""
    first = pair.a.flat[0] if pair.a.size >= 3 else math.nan
    if not np.isfinite(first) or np.any(pair.a != first) or len(np.unique(pair.thin_e)) < 3:
        return None
    return {"value": f"{first:.6g}"}


def one_triangle(pair: Pair) -> Fields | None:
    """A matrix of which one half is right and the other is still 0."""
    if pair.e.ndim != 2 or min(pair.e.shape) < 3:
        return None
    for what, half, other in (("above", np.tril, "below"), ("below", np.triu, "above")):
        if pair.fits(half(pair.e), cost=1.0):
            return {"what": what, "other": other}
        if pair.fits(half(pair.e, -1 if what == "above" else 1), cost=1.0):
            return {"what": f"on and {what}", "other": other}
    return None


def not_masked(pair: Pair) -> Fields | None:
    """Numbers where 0 was expected, and the others right, or right up to what each row sums to."""
    # Among whole numbers, such as labels, a 0 is one value like another.
    if pair.a.size < 4 or pair.expected.dtype.kind != "f" or pair.a.dtype.kind == "c":
        return None
    blank = pair.e == 0
    filled = blank & (np.abs(pair.a) > 1e-9 * pair.scale)
    if filled.sum() < 2 or (~blank).sum() < 2:
        return None
    alike = pair.equals(pair.a[~blank], pair.e[~blank])
    if not alike and not _alike_by_row(pair, blank):
        return None
    words = "the others are right" if alike else "the others are right but for a factor of each row"
    return {"count": f"{int(filled.sum()):,}", "rest": words}


def _alike_by_row(pair: Pair, blank: Array) -> bool:
    if pair.e.ndim < 2 or np.any(pair.a < 0) or np.any(pair.e < 0):
        return False
    kept = np.where(blank, 0.0, pair.a)
    with np.errstate(all="ignore"):
        scaled = kept * (pair.e.sum(axis=-1, keepdims=True) / kept.sum(axis=-1, keepdims=True))
    several = (~blank).sum(axis=-1) >= 2
    return bool(np.sum(several) >= 2 and np.all(np.isfinite(scaled)) and pair.equals(scaled, pair.e))


def on_diagonal(pair: Pair) -> Fields | None:
    """Only the diagonal of a matrix is wrong."""
    wrong = pair.wrong
    if wrong is None or wrong.ndim != 2 or wrong.shape[0] != wrong.shape[1] or len(wrong) < 3:
        return None
    if not np.all(np.diag(wrong)) or wrong.sum() != len(wrong):
        return None
    off = np.diag(pair.a) - np.diag(pair.e)
    same = np.all(np.isfinite(off)) and np.all(np.abs(off - off[0]) <= 1e-6 * abs(off[0]))
    size = f"{abs(off[0]):.6g}" if same else ""
    return {"by": f", each by {size} too {'much' if off[0].real > 0 else 'little'}" if same else ""}


def in_one_triangle(pair: Pair) -> Fields | None:
    """Only one side of the diagonal is wrong."""
    wrong = pair.wrong
    if wrong is None or wrong.ndim != 2 or min(wrong.shape) < 3 or wrong.sum() < 3:
        return None
    for what, part in (
        ("above", np.triu(np.ones(wrong.shape, bool), 1)),
        ("below", np.tril(np.ones(wrong.shape, bool), -1)),
    ):
        if not np.any(wrong & ~part) and wrong.sum() >= 0.8 * part.sum() and part.sum() >= 3:
            return {"what": what}
    return None


def at_the_ends(pair: Pair) -> Fields | None:
    """Only the first or last entries along an axis are wrong."""
    wrong = pair.wrong
    if wrong is None or wrong.ndim == 0:
        return None
    for axis in range(min(wrong.ndim, MOST_AXES)):
        n = wrong.shape[axis]
        places = np.flatnonzero(wrong.any(axis=tuple(i for i in range(wrong.ndim) if i != axis)))
        if n < 5 or not set(places.tolist()) <= {0, n - 1}:
            continue
        names = {(0,): "first entry", (n - 1,): "last entry", (0, n - 1): "first and the last entry"}
        what = names[tuple(places.tolist())]
        return {
            "what": what,
            "axis": f" along axis {axis}" if wrong.ndim > 1 else "",
            "verb": "is" if len(places) == 1 else "are",
        }
    return None


def in_one_slice(pair: Pair) -> Fields | None:
    """All that is wrong lies in one row or column."""
    wrong = pair.wrong
    if wrong is None or not 2 <= wrong.ndim <= MOST_AXES or wrong.sum() < 2:
        return None
    for axis in range(wrong.ndim):
        places = np.flatnonzero(wrong.any(axis=tuple(i for i in range(wrong.ndim) if i != axis)))
        if len(places) == 1 and wrong.shape[axis] >= 3:
            name = ("row", "column")[axis] if wrong.ndim == 2 else f"index of axis {axis},"
            return {"what": f"{name} {places[0]}"}
    return None


def at_one_place(pair: Pair) -> Fields | None:
    """One value of several is wrong."""
    if pair.wrong is None or pair.wrong.size < 4 or pair.wrong.sum() != 1:
        return None
    return {}


def from_somewhere_on(pair: Pair) -> Fields | None:
    """Right up to an index, wrong from there on, as where a mistake is carried along."""
    wrong = pair.wrong
    if wrong is None or wrong.ndim == 0 or wrong.shape[0] < 6:
        return None
    lines = wrong.reshape(len(wrong), -1)
    bad = np.flatnonzero(lines.any(axis=1))
    first, n = int(bad[0]), len(wrong)
    if first < 2 or n - first < 3 or not np.all(lines[first:].mean(axis=1) > 0.5):
        return None
    return {"index": str(first)}


def _is_real(pair: Pair) -> bool:
    return "c" not in (pair.a.dtype.kind, pair.e.dtype.kind) and bool(
        np.isfinite(pair.a).all() and np.isfinite(pair.e).all()
    )


def _as_labels(values: Array) -> Array:
    return np.asarray(np.unique(values, return_inverse=True)[1])
