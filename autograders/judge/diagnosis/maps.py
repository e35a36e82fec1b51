"""Mistakes that change each value by itself: a sign, a forgotten root, a logarithm too many, rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from autograders.judge.diagnosis.pair import Array, Pair

Fields = dict[str, str]
Change = Callable[[Array], Array]


def by_map(*changes: Change) -> Callable[[Pair], Fields | None]:
    """A detector of any of these changes of each value."""

    def detect(pair: Pair) -> Fields | None:
        return {} if any(pair.maps(change, cost=1.0) for change in changes) else None

    return detect


def by_named_map(changes: Mapping[str, Change]) -> Callable[[Pair], Fields | None]:
    """A detector that says which of several changes it was."""

    def detect(pair: Pair) -> Fields | None:
        for name, change in changes.items():
            if pair.maps(change, cost=2.0):
                return {"what": name}
        return None

    return detect


def sigmoid(x: Array) -> Array:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-x)))


def opposite(pair: Pair) -> Fields | None:
    """The opposite sign; of a single number that needs no further evidence, since it is all there is to see."""
    return {} if pair.maps(np.negative, cost=_plain_fact(pair)) else None


def complement(pair: Pair) -> Fields | None:
    """1 minus the expected value; of a single share this is a fact as well."""
    between = pair.e.size == 1 and 0 < float(pair.thin_e[0].real) < 1
    return {} if pair.maps(lambda e: 1 - e, cost=_plain_fact(pair) if between else 1.0) else None


def _plain_fact(pair: Pair) -> float:
    return -13.0 if pair.e.size == 1 and pair.expected.dtype.kind == "f" else 1.0


def label_coding(pair: Pair) -> Fields | None:
    """0 and 1 in place of -1 and 1 or the reverse, for labels and for numbers between them."""
    kinds = tuple(set(np.unique(values).tolist()) for values in (pair.thin_e, pair.thin_a))
    labels = pair.e.size >= 6 and kinds in (({0.0, 1.0}, {-1.0, 1.0}), ({-1.0, 1.0}, {0.0, 1.0}))
    for what, change in CODINGS.items():
        if pair.maps(change, cost=-13.0 if labels else 2.0):
            return {"what": what}
    return None


CODINGS: dict[str, Change] = {
    "2 x - 1": lambda e: 2 * e - 1,
    "(x + 1)/2": lambda e: (e + 1) / 2,
    "1 - 2 x": lambda e: 1 - 2 * e,
    "(1 - x)/2": lambda e: (1 - e) / 2,
}


def root(x: Array) -> Array:
    """The square root; NaN below 0."""
    return np.asarray(np.sqrt(x))


def conjugate(pair: Pair) -> Fields | None:
    """Complex values with the imaginary part's sign turned."""
    if pair.a.dtype.kind != "c" or pair.e.dtype.kind != "c":
        return None
    return {} if pair.maps(np.conj) else None


def real_part(pair: Pair) -> Fields | None:
    """Only the real part of complex values, or only their size."""
    if pair.e.dtype.kind != "c":
        return None
    for what, change in (("real part", np.real), ("imaginary part", np.imag), ("absolute value", np.abs)):
        if pair.maps(change):
            return {"what": what}
    return None


def truncated(pair: Pair) -> Fields | None:
    """Fractions cut off, as by an array of integers."""
    if pair.e.dtype.kind == "c" or np.all(pair.thin_e == np.round(pair.thin_e)):
        return None
    names: tuple[tuple[str, Change], ...] = (("cut off", np.trunc), ("rounded down", np.floor), ("rounded up", np.ceil))
    for what, change in names:
        if pair.maps(change) and len(np.unique(pair.thin_e)) >= 3:
            return {"what": what}
    return None


def rounded(pair: Pair) -> Fields | None:
    """Values rounded to a few decimals."""
    if pair.e.dtype.kind == "c":
        return None
    finite = pair.thin_e[np.isfinite(pair.thin_e)]
    if len(np.unique(finite)) < 2:
        return None
    for decimals in range(7):
        if np.all(finite == np.round(finite, decimals)):
            return None
        change = partial(_round, decimals)
        if _on_grid(pair.thin_a, decimals) and np.all(
            np.abs(change(pair.thin_e) - pair.thin_a) < 10.0 ** -(decimals + 3)
        ):
            return {"what": "whole numbers" if decimals == 0 else f"{decimals} decimal{'s' * (decimals > 1)}"}
    return None


def _round(decimals: int, values: Array) -> Array:
    return np.asarray(np.round(values, decimals))


def _on_grid(values: Array, decimals: int) -> bool:
    return bool(np.all(np.abs(values - np.round(values, decimals)) <= 1e-12 * np.maximum(1, np.abs(values))))


def clipped(pair: Pair) -> Fields | None:
    """Values beyond a bound replaced by the bound, at one end or at both."""
    if "c" in (pair.a.dtype.kind, pair.e.dtype.kind) or pair.a.size < 4 or np.all(np.isnan(pair.thin_a)):
        return None
    low, high = float(np.nanmin(pair.a)), float(np.nanmax(pair.a))
    if not low < high or not np.isfinite([low, high]).all():
        return None
    cut_low, cut_high = pair.thin_e < low, pair.thin_e > high
    # One value at the bound may stand there by itself.
    if (low < 0 < high or cut_low.sum() + cut_high.sum() >= 2) and pair.maps(lambda e: np.clip(e, low, high)):
        if np.sum(~cut_low & ~cut_high) < 2 or len(np.unique(pair.thin_e[cut_low | cut_high])) < 2:
            return None
        ends = [f"below {low:.6g}"] * bool(cut_low.any()) + [f"above {high:.6g}"] * bool(cut_high.any())
        return {"what": " and ".join(ends)}
    return None


def not_clipped(pair: Pair) -> Fields | None:
    """The bound itself forgotten, as a negative part that should be 0."""
    found = clipped(pair.turned())
    return found and {"what": found["what"]}


def lower_precision(pair: Pair) -> Fields | None:
    """Values that float32 or float16 holds exactly, near the expected ones as far as it can tell."""
    if pair.a.dtype.kind == "c" or not np.all(np.isfinite(pair.thin_a)):
        return None
    kinds: tuple[tuple[str, float], ...] = (("float32", 1e-4), ("float16", 2e-2))
    with np.errstate(all="ignore"):
        for name, most in kinds:
            exact = np.array_equal(pair.thin_a.astype(name).astype(np.float64), pair.thin_a)
            error = np.abs(pair.thin_a - pair.thin_e) <= most * np.maximum(np.abs(pair.thin_e), 1e-3 * pair.scale)
            fractional = len(np.unique(pair.thin_a[pair.thin_a != np.round(pair.thin_a, 4)])) >= 2
            if exact and np.all(error) and fractional:
                return {"what": name}
    return None


def few_digits(pair: Pair) -> Fields | None:
    """An answer that is right to some digits, but not to as many as are asked for."""
    if pair.scale == 0 or not np.all(np.isfinite(pair.a)) or not np.all(np.isfinite(pair.e)):
        return None
    with np.errstate(all="ignore"):
        worst = float(np.max(np.abs(pair.a - pair.e) / np.maximum(np.abs(pair.e), pair.scale)))
    # One or two numbers may be as near as that by accident.
    if not 0 < worst < (1e-3 if pair.e.size > 2 else 1e-6):
        return None
    return {"digits": str(int(-np.log10(worst)))}


def found_nan(pair: Pair) -> Fields | None:
    """NaN where numbers are expected."""
    return _strange(pair, np.isnan(pair.a) & ~np.isnan(pair.e))


def found_infinity(pair: Pair) -> Fields | None:
    """Infinities where numbers are expected."""
    return _strange(pair, np.isinf(pair.a) & np.isfinite(pair.e))


def missed_nan(pair: Pair) -> Fields | None:
    """Numbers where NaN or infinities are expected."""
    return _strange(pair, np.isfinite(pair.a) & ~np.isfinite(pair.e))


def _strange(pair: Pair, where: Array) -> Fields | None:
    count = int(where.sum())
    if count == 0:
        return None
    first = np.unravel_index(int(np.argmax(where)), where.shape)
    right = pair.wrong is not None and int(pair.wrong.sum()) == count
    return {
        "count": f"{count:,}",
        "total": f"{where.size:,}",
        "where": f"[{', '.join(str(int(i)) for i in first)}]",
        "rest": "; the others are right" if right and count < where.size else "",
    }
