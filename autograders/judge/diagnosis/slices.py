"""Mistakes of whole rows or columns: not normalised, not centred, along the wrong axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from autograders.judge.diagnosis.factors import MOST_SIZES
from autograders.judge.diagnosis.pair import Array, Pair

Fields = dict[str, str]
MOST_AXES = 3
NEAR = 1e-6
NEAR_DEVIATION = 1e-4  # an epsilon beside the variance changes it


def _is_real(pair: Pair) -> bool:
    return "c" not in (pair.a.dtype.kind, pair.e.dtype.kind)


def _sums_to_one(x: Array, axis: int) -> Array:
    return np.asarray(np.abs(x.sum(axis) - 1) < NEAR)


def _has_unit_length(x: Array, axis: int) -> Array:
    return np.asarray(np.abs((x * x).sum(axis) - 1) < NEAR)


def _has_mean_zero(x: Array, axis: int) -> Array:
    return np.asarray(np.abs(x.mean(axis)) < NEAR * np.maximum(np.abs(x).mean(axis), 1e-300))


def _has_unit_deviation(x: Array, axis: int) -> Array:
    n = x.shape[axis]
    variance = x.var(axis)
    near = np.minimum(np.abs(variance - 1), np.abs(variance * n / (n - 1) - 1)) < NEAR_DEVIATION
    return np.asarray(_has_mean_zero(x, axis) & near)


PROPERTIES: dict[str, Callable[[Array, int], Array]] = {
    "sum to 1": _sums_to_one,
    "have length 1": _has_unit_length,
    "have deviation 1": _has_unit_deviation,
    "have mean 0": _has_mean_zero,
}


def holds(x: Array, axis: int, what: str) -> bool:
    """Whether all slices along an axis have a property, up to rounding."""
    if x.shape[axis] < 2:
        return False
    with np.errstate(all="ignore"):
        return bool(np.all(PROPERTIES[what](x, axis)))


def _axes(pair: Pair) -> range:
    usable = _is_real(pair) and pair.e.size >= 3 and np.isfinite(pair.thin_e).all()
    return range(min(pair.e.ndim, MOST_AXES) if usable else 0)


def wrong_axis(pair: Pair) -> Fields | None:
    """The answer has along another axis what it should have along one: sums of 1, length 1, mean 0."""
    if pair.e.ndim < 2 or not np.isfinite(pair.a).all():
        return None
    for what in PROPERTIES:
        has = [holds(pair.e, axis, what) for axis in _axes(pair)]
        if not any(has) or all(has):
            continue
        found = [holds(pair.a, axis, what) for axis in _axes(pair)]
        for wanted in np.flatnonzero(has):
            others = [axis for axis in np.flatnonzero(found) if not has[axis]]
            if not found[wanted] and others:
                return {"what": what, "wanted": str(wanted), "found": str(others[0])}
    return None


def _per_slice(pair: Pair, axis: int, fit: Callable[[Array, Array, int], Array], free: int = 1) -> bool:
    """Whether the fitted slices are the answer, and there are more values than numbers fitted to them."""
    if not np.isfinite(pair.a).all() or pair.e.shape[axis] < 2 * free + 1:
        return False
    a, e = np.moveaxis(pair.a, axis, -1), np.moveaxis(pair.e, axis, -1)
    a, e = a.reshape(-1, a.shape[-1]), e.reshape(-1, e.shape[-1])
    few = slice(0, None, max(1, len(e) // 16)), slice(0, None, max(1, e.shape[1] // 48))
    part = pair.part(a[few], e[few])
    with np.errstate(all="ignore"):
        candidate = fit(part.a, part.e, -1)
        if not part.fits(candidate, free=free * min(len(part.e), 25)):
            return False
        return bool(np.all(pair.near(fit(a, e, -1), a)))


def _scaled(a: Array, e: Array, axis: int) -> Array:
    return np.asarray(e * ((a * e).sum(axis, keepdims=True) / (e * e).sum(axis, keepdims=True)))


def _moved(a: Array, e: Array, axis: int) -> Array:
    return np.asarray(e + np.median(a - e, axis, keepdims=True))


def _scaled_and_moved(a: Array, e: Array, axis: int) -> Array:
    e0, a0 = e - e.mean(axis, keepdims=True), a - a.mean(axis, keepdims=True)
    return np.asarray(_scaled(a0, e0, axis) + a.mean(axis, keepdims=True))


def _needs(
    pair: Pair, whats: tuple[str, ...], fit: Callable[[Array, Array, int], Array], free: int = 1
) -> Fields | None:
    """A property that the expected slices have and the answer's lack, where `fit` explains the difference."""
    for axis in _axes(pair):
        for what in whats:
            if holds(pair.e, axis, what) and not holds(pair.a, axis, what) and _per_slice(pair, axis, fit, free):
                return {"what": what, "slices": _slices(pair, axis), "also": _instead(pair, axis, what)}
    return None


def _instead(pair: Pair, axis: int, what: str) -> str:
    """Which other property the answer's slices have."""
    if np.all(np.abs(np.max(np.abs(pair.a), axis) - 1) < NEAR):
        return "have 1 as their largest value"
    return next((name for name in PROPERTIES if name != what and holds(pair.a, axis, name)), "")


def _slices(pair: Pair, axis: int) -> str:
    if pair.e.ndim == 1:
        return "The values"
    if pair.e.ndim == 2:
        return ("The columns", "The rows")[axis]
    return f"The slices along axis {axis}"


def normalised_otherwise(pair: Pair) -> Fields | None:
    """Slices with another norm than asked for: sums of 1 where length 1 is, or the largest value 1."""
    found = _needs(pair, ("sum to 1", "have length 1"), _scaled)
    return found if found and found["also"] and found["also"] != "have mean 0" else None


def not_normalised(pair: Pair) -> Fields | None:
    """Slices that should sum to 1 or have length 1, and are right but for that."""
    return _needs(pair, ("sum to 1", "have length 1"), _scaled)


def not_scaled(pair: Pair) -> Fields | None:
    """Centred slices that were not divided by their deviation."""
    return _needs(pair, ("have deviation 1",), _scaled)


def other_deviation(pair: Pair, wanted: int) -> Fields | None:
    """Standardised slices whose deviation was taken with the other divisor; `wanted` is the expected ddof."""
    for axis in _axes(pair):
        n = pair.e.shape[axis]
        if n < 3 or not _has_deviation(pair.e, axis, wanted) or not _has_deviation(pair.a, axis, 1 - wanted):
            continue
        factor = math.sqrt((n - 1) / n) ** (1 if wanted == 0 else -1)
        if pair.maps(partial(np.multiply, factor), cost=1.0):
            return {"slices": _slices(pair, axis), "n": str(n)}
    return None


def _has_deviation(x: Array, axis: int, ddof: int) -> bool:
    return bool(np.all(np.abs(x.std(axis, ddof=ddof) - 1) < NEAR_DEVIATION))


def not_centred(pair: Pair) -> Fields | None:
    """Slices whose mean should have been taken off."""
    return _needs(pair, ("have mean 0",), _moved)


def not_standardised(pair: Pair) -> Fields | None:
    """Slices that were neither centred nor scaled."""
    return _needs(pair, ("have deviation 1",), _scaled_and_moved, free=2)


def softmax(x: Array, axis: int) -> Array:
    """Exponentials divided by their sum along an axis."""
    with np.errstate(all="ignore"):
        powers = np.exp(x - x.max(axis, keepdims=True))
        return np.asarray(powers / powers.sum(axis, keepdims=True))


def softmax_forgotten(pair: Pair) -> Fields | None:
    """Scores, or logarithms of probabilities, where probabilities were asked for."""
    for axis in _axes(pair):
        if pair.e.shape[axis] < 2 or pair.e.size < 6 or not holds(pair.e, axis, "sum to 1") or np.any(pair.e < 0):
            continue
        found = softmax(pair.a, axis)
        if (
            np.isfinite(found).all()
            and pair.part(found, pair.e).equals(found, pair.e)
            and not pair.equals(pair.a, pair.e)
        ):
            return {} if len(np.unique(np.round(pair.thin_e, 9))) >= 4 else None
    return None


def softmax_twice(pair: Pair) -> Fields | None:
    """Probabilities sent through softmax again."""
    for axis in _axes(pair):
        if pair.e.shape[axis] > 1 and pair.fits(softmax(pair.e, axis), cost=1.0):
            return {}
    return None


def temperature(pair: Pair) -> Fields | None:
    """Softmax of scores that are larger or smaller than the right ones by one factor."""
    for axis in _axes(pair):
        if not (holds(pair.e, axis, "sum to 1") and holds(pair.a, axis, "sum to 1")):
            continue
        if np.any(pair.e <= 0) or np.any(pair.a <= 0):
            continue
        e, a = np.log(pair.e), np.log(pair.a)
        e0, a0 = e - e.mean(axis, keepdims=True), a - a.mean(axis, keepdims=True)
        power = float((e0 * a0).sum() / max(float((e0 * e0).sum()), 1e-300))
        if power > 0 and pair.fits(softmax(power * e, axis), free=1):
            return {"factor": f"{power:.6g}", "known": _known_power(power, pair)}
    return None


def _known_power(power: float, pair: Pair) -> str:
    for n in pair.sizes[:MOST_SIZES]:
        for value, text in (
            (math.sqrt(n), f"the square root of {n}"),
            (1 / math.sqrt(n), f"1 over the square root of {n}"),
        ):
            if abs(power / value - 1) < 1e-6:
                return f", {text}"
    return ""


def sign_by_slice(pair: Pair) -> Fields | None:
    """Some rows or columns have the opposite sign, as eigenvectors may."""
    if pair.e.ndim != 2 or not _is_real(pair):
        return None
    for axis in (0, 1):
        with np.errstate(all="ignore"):
            dots = (pair.a * pair.e).sum(axis, keepdims=True)
        signs = np.where(dots < 0, -1.0, 1.0)
        if np.any(signs < 0) and np.any(signs > 0) and pair.fits(pair.e * signs, cost=float(min(signs.size, 10**6))):
            return {"what": ("columns", "rows")[axis], "count": str(int((signs < 0).sum()))}
    return None


def backwards_with_signs(pair: Pair) -> Fields | None:
    """Columns or rows in the opposite order, some with the opposite sign: eigenvectors by rising eigenvalue."""
    if pair.e.ndim != 2 or not _is_real(pair):
        return None
    for axis in (0, 1):
        found = sign_by_slice(pair.part(pair.a, np.flip(pair.e, axis)))
        if pair.e.shape[axis] > 1 and found and found["what"] == ("rows", "columns")[axis]:
            return found
    return None


def _by(fit: Callable[[Array, Array, int], Array], pair: Pair) -> Iterator[int]:
    for axis in _axes(pair):
        if pair.e.ndim > 1 and pair.e.size > pair.e.shape[axis] and _per_slice(pair, axis, fit):
            yield axis


def factor_by_slice(pair: Pair) -> Fields | None:
    """A factor for each row or column."""
    return next(({"slices": _slice(pair, axis)} for axis in _by(_scaled, pair)), None)


def count_by_slice(pair: Pair) -> Fields | None:
    """A whole number for each row or column, as when sums stand for means over groups of their own sizes."""
    for axis in _by(_scaled, pair):
        with np.errstate(all="ignore"):
            factors = ((pair.a * pair.e).sum(axis) / (pair.e * pair.e).sum(axis)).ravel()
        for values, way in ((factors, "times"), (1 / factors, "divided by")):
            whole = np.round(values)
            if np.all(np.abs(values - whole) < NEAR * whole) and np.all(whole >= 1) and len(np.unique(whole)) > 1:
                few = ", ".join(f"{int(n)}" for n in whole[:3])
                return {"slices": _slice(pair, axis), "way": way, "few": few}
    return None


def affine_by_slice(pair: Pair) -> Fields | None:
    """A factor and a constant for each row or column."""
    axes = (axis for axis in _axes(pair) if pair.e.ndim > 1 and _per_slice(pair, axis, _scaled_and_moved, 2))
    return next(({"slices": _slice(pair, axis)} for axis in axes), None)


def offset_by_slice(pair: Pair) -> Fields | None:
    """A constant added to each row or column."""
    return next(({"slices": _slice(pair, axis)} for axis in _by(_moved, pair)), None)


def _slice(pair: Pair, axis: int) -> str:
    return ("column", "row")[axis] if pair.e.ndim == 2 else f"slice along axis {axis}"


def offset_of_both(pair: Pair) -> Fields | None:
    """A constant for each row and another for each column, as where |x|^2 and |y|^2 are left out of |x - y|^2."""
    return {} if _of_matrix(pair, lambda d: d.mean(0) + d.mean(1, keepdims=True) - d.mean()) else None


def factor_of_both(pair: Pair) -> Fields | None:
    """A factor for each row and another for each column, as where covariances stand for correlations."""
    if pair.e.ndim != 2 or not _is_real(pair) or not np.all(pair.e):
        return None
    ratios = pair.part(pair.a / pair.e, np.ones(pair.e.shape))
    return {} if np.all(ratios.a) and _of_matrix(ratios, lambda d: _rank_one(d + 1) - 1) else None


def moment_not_centred(pair: Pair) -> Fields | None:
    """A symmetric matrix that is too large by the products of one vector with itself: a mean not taken off."""
    if pair.e.ndim != 2 or pair.e.shape[0] != pair.e.shape[1] or not _is_real(pair):
        return None
    if not pair.equals(pair.e, pair.e.T) or not pair.equals(pair.a, pair.a.T):
        return None
    return {} if _of_matrix(pair, _rank_one, symmetric=True) else None


def difference_of_rank_one(pair: Pair) -> Fields | None:
    """A matrix that is off by the products of one vector with another."""
    return {} if _of_matrix(pair, _rank_one) else None


def _rank_one(d: Array) -> Array:
    i, j = np.unravel_index(np.argmax(np.abs(d)), d.shape)
    return np.asarray(np.outer(d[:, j], d[i]) / d[i, j])


def _of_matrix(pair: Pair, fit: Callable[[Array], Array], *, symmetric: bool = False) -> bool:
    if pair.e.ndim != 2 or not _is_real(pair) or not np.isfinite([pair.a, pair.e]).all() or min(pair.e.shape) < 3:
        return False
    if np.array_equal(pair.a, pair.e):
        return False
    few = tuple(slice(0, None, max(1, n // 24)) for n in pair.e.shape)
    # The same steps in both directions leave a symmetric part.
    part = pair.part(pair.a[few], pair.e[few])
    free = part.e.shape[0] if symmetric else sum(part.e.shape) - 1
    if symmetric and np.any(np.diag(part.a - part.e) < -NEAR * pair.scale):
        return False
    with np.errstate(all="ignore"):
        if not part.fits(part.e + fit(part.a - part.e), free=free):
            return False
        return bool(np.all(pair.near(pair.e + fit(pair.a - pair.e), pair.a)))
