"""Factors and constants that are known by their value: n over n - 1, the logarithm of 2, 180 over pi."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from autograders.judge.diagnosis.pair import Array, Pair

Fields = dict[str, str]
MOST_SIZES = 8
UNKNOWN_SIZES = 1_000
LIKELY = ("sample-deviation", "population-deviation", "missing-mean", "divided-by-size")


@dataclass(frozen=True)
class Known:
    """A number that says where it comes from: `name` is the row of the table, `text` how people write it."""

    value: float
    name: str
    text: str
    n: str = ""


# A plain 2 is a plain 2, though a size of 4 would have a root of 2 as well.
PLAIN = (Known(2.0, "factor-two", "2"), Known(0.5, "factor-two", "1/2"))
# A 4 comes second to a size of 16, whose root it is.
TWICE = (Known(4.0, "factor-two", "4"), Known(0.25, "factor-two", "1/4"))
CONSTANTS = (
    Known(math.sqrt(2), "root-two", "the square root of 2"),
    Known(math.sqrt(0.5), "root-two", "1 over the square root of 2"),
    Known(math.log(2), "log-base", "log(2)", "2"),
    Known(1 / math.log(2), "log-base", "1/log(2)", "2"),
    Known(math.log(10), "log-base", "log(10)", "10"),
    Known(1 / math.log(10), "log-base", "1/log(10)", "10"),
    Known(math.log10(2), "log-base", "log10(2)", "10 and 2"),
    Known(1 / math.log10(2), "log-base", "log2(10)", "10 and 2"),
    Known(180 / math.pi, "degrees", "180/pi"),
    Known(math.pi / 180, "degrees", "pi/180"),
    Known(math.pi, "factor-pi", "pi"),
    Known(1 / math.pi, "factor-pi", "1/pi"),
    Known(2 * math.pi, "factor-pi", "2 pi"),
    Known(0.5 / math.pi, "factor-pi", "1/(2 pi)"),
    Known(math.sqrt(2 * math.pi), "factor-pi", "the square root of 2 pi"),
    Known(1 / math.sqrt(2 * math.pi), "factor-pi", "1 over the square root of 2 pi"),
    Known(100.0, "power-of-ten", "100"),
    Known(0.01, "power-of-ten", "1/100"),
    Known(1_000.0, "power-of-ten", "1,000"),
    Known(0.001, "power-of-ten", "1/1,000"),
)


def of_size(n: int) -> Iterator[Known]:
    """The factors that a size explains by itself."""
    root = "the square root of "
    yield Known(n / (n - 1), "sample-deviation", f"{n}/{n - 1}", str(n))
    yield Known(math.sqrt(n / (n - 1)), "sample-deviation", f"{root}{n}/{n - 1}", str(n))
    yield Known((n - 1) / n, "population-deviation", f"{n - 1}/{n}", str(n))
    yield Known(math.sqrt((n - 1) / n), "population-deviation", f"{root}{n - 1}/{n}", str(n))
    yield from mean_of(n)


def with_size(n: int) -> Iterator[Known]:
    """Factors that a size explains together with another habit: a root, a 2, a count that is one off."""
    root = "the square root of "
    for m, text in ((n, f"{n}"), (n - 1, f"{n - 1} (n - 1)")):
        yield Known(math.sqrt(m), "root-of-size", f"{root}{text}", str(m))
        yield Known(1 / math.sqrt(m), "root-of-size", f"1 over {root}{text}", str(m))
    yield Known(n - 1.0, "missing-mean", f"{n - 1} (n - 1)", str(n))
    yield Known(1 / (n - 1), "divided-by-size", f"1/{n - 1} (1 over n - 1)", str(n))
    yield Known(2.0 * n, "missing-mean", f"{2 * n} (2 x {n})", str(n))
    yield Known(n / 2, "missing-mean", f"{n}/2", str(n))
    yield Known(2 / n, "divided-by-size", f"2/{n}", str(n))
    yield Known(0.5 / n, "divided-by-size", f"1/(2 x {n})", str(n))
    if n >= 8:
        yield Known((n + 1) / n, "count-off-by-one", f"{n + 1}/{n}", str(n))
        yield Known(n / (n + 1), "count-off-by-one", f"{n}/{n + 1}", str(n))
        yield Known(n / (n - 2), "degrees-of-freedom", f"{n}/{n - 2}", str(n))
        yield Known((n - 2) / n, "degrees-of-freedom", f"{n - 2}/{n}", str(n))
        yield Known((n - 1) / (n - 2), "degrees-of-freedom", f"{n - 1}/{n - 2}", str(n))
        yield Known((n - 2) / (n - 1), "degrees-of-freedom", f"{n - 2}/{n - 1}", str(n))


def as_decimal(value: float) -> bool:
    """Whether a number, or 1 over it, has so few decimals that somebody may have written it: a rate, a share."""
    return any(abs(100 * x - round(100 * x)) < 1e-9 for x in (value, 1 / value))


def mean_of(n: int) -> Iterator[Known]:
    """A sum in place of a mean, and the reverse."""
    yield Known(float(n), "missing-mean", str(n), str(n))
    yield Known(1 / n, "divided-by-size", f"1/{n}", str(n))


def of_two_sizes(n: int, k: int) -> Iterator[Known]:
    """The factors that two sizes explain together."""
    for size in {n * k} - {n, k}:
        yield from mean_of(size)
    small, large = min(n, k), max(n, k)
    if large > small:
        yield Known(large / small, "other-size", f"{large}/{small}", f"{large} and {small}")
        yield Known(small / large, "other-size", f"{small}/{large}", f"{large} and {small}")
        yield Known(
            math.sqrt(large / small), "other-size", f"the square root of {large}/{small}", f"{large} and {small}"
        )
        yield Known(
            math.sqrt(small / large), "other-size", f"the square root of {small}/{large}", f"{large} and {small}"
        )
    for used in (small, small + 1):
        if large - used >= 4:
            for one in (0, 1):
                above, below = large - one, large - used
                yield Known(above / below, "degrees-of-freedom", f"{above}/{below}", str(large))
                yield Known(below / above, "degrees-of-freedom", f"{below}/{above}", str(large))


@lru_cache(maxsize=64)
def vocabulary(sizes: tuple[int, ...]) -> tuple[Known, ...]:
    """All numbers that are known where these sizes are, the likeliest first, each value once."""
    found = [*PLAIN, *(each for n in sizes for each in of_size(n)), *CONSTANTS]
    found += [*(each for n in sizes for each in with_size(n)), *TWICE]
    found += [each for n, k in combinations(sizes, 2) for each in of_two_sizes(n, k)]
    doubtful = ("degrees-of-freedom", "count-off-by-one", "other-size")
    found = [each for each in found if not (each.name in doubtful and as_decimal(each.value))]
    return tuple({round(each.value, 12): each for each in reversed(found)}.values())[::-1]


def guessed(ratio: float, hinted: bool) -> Iterator[Known]:
    """What a ratio says by itself of a size that nobody has told; less where sizes were told and this is none."""
    rate = as_decimal(ratio) if hinted else abs(10 * ratio - round(10 * ratio)) < 1e-9 or ratio == 1.25
    if not rate:
        yield from _guessed_deviation(ratio)
    whole = round(ratio) if ratio >= 1 else round(1 / ratio)
    if hinted or not 3 <= whole <= UNKNOWN_SIZES:
        return
    yield from mean_of(whole)
    squared = round(ratio**2 if ratio >= 1 else ratio**-2)
    if 3 <= squared <= UNKNOWN_SIZES:
        yield from (known for known in with_size(squared) if known.n == str(squared) and known.name == "root-of-size")


def _guessed_deviation(ratio: float) -> Iterator[Known]:
    for inverse, name in ((False, "sample-deviation"), (True, "population-deviation")):
        for power in (1, 2):
            value = (1 / ratio if inverse else ratio) ** power
            n = round(value / (value - 1)) if 1 < value < 1.5 else 0
            if 3 < n <= UNKNOWN_SIZES:
                found = (known for known in of_size(n) if known.name == name)
                yield next(known for known in found if known.text.startswith("the") == (power == 2))


def ratio_of(pair: Pair) -> float | None:
    """The factor between answer and expected, as the largest values tell it; None where there is none."""
    a, e = pair.thin_a, pair.thin_e
    if pair.scale == 0 or not np.all(np.isfinite(a)) or not np.all(np.isfinite(e)):
        return None
    ratio = float((np.conj(e) * a).real.sum() / (np.abs(e) ** 2).sum()) if e.size else math.nan
    if not math.isfinite(ratio) or ratio == 0 or not np.all(pair.near(ratio * e, a)):
        return None
    return ratio


def known_factor(pair: Pair) -> tuple[str, Fields] | None:
    """The row and its words for a factor that is known by its value."""
    ratio = ratio_of(pair)
    if ratio is None or abs(abs(ratio) - 1) < 1e-12:
        return None
    sign = -1.0 if ratio < 0 else 1.0
    minus = "minus " if ratio < 0 else ""
    for known, cost in _candidates(pair, abs(ratio)):
        if abs(abs(ratio) / known.value - 1) < 10 * pair.r and pair.maps(_times(sign * known.value), cost=cost):
            return known.name, {"factor": minus + known.text, "n": known.n}
    return None


def _candidates(pair: Pair, ratio: float) -> Iterator[tuple[Known, float]]:
    """The numbers that are known, each with its cost: little for what a size that was given explains by itself."""
    words = vocabulary(pair.sizes[:MOST_SIZES])
    usual = math.log2(len(words))
    given = {str(n) for n in pair.given_sizes[:MOST_SIZES]}
    for known in words:
        likely = (known.n in given and known.name in LIKELY) or known.value == 100
        yield known, -10.0 if likely else usual
    yield from ((known, 16.0) for known in guessed(ratio, pair.hinted))


def _times(factor: float) -> Callable[[Array], Array]:
    return lambda values: factor * values


def factor(name: str) -> Callable[[Pair], Fields | None]:
    """The detector of one row of known factors."""

    def detect(pair: Pair) -> Fields | None:
        found = known_factor_once(pair)
        return found[1] if found and found[0] == name else None

    return detect


def known_factor_once(pair: Pair) -> tuple[str, Fields] | None:
    """`known_factor`, looked for once a pair."""
    if "known_factor" not in pair.notes:
        pair.notes["known_factor"] = known_factor(pair)
    found: tuple[str, Fields] | None = pair.notes["known_factor"]
    return found


def any_factor(pair: Pair) -> Fields | None:
    """One factor for all values, whatever it is."""
    ratio = ratio_of(pair)
    if ratio is None or not pair.maps(_times(ratio), free=1):
        return None
    return {"factor": f"{ratio:.6g}"}


def known_offset(pair: Pair) -> Fields | None:
    """A constant that is known by its value: a logarithm of a size, a part of the Gaussian's density."""
    offset = _offset(pair)
    if offset is None:
        return None
    gauss = 0.5 * math.log(2 * math.pi)
    known = {gauss: "half of log(2 pi)", 2 * gauss: "log(2 pi)", math.log(2): "log(2)"}
    for n in pair.sizes[:MOST_SIZES]:
        known |= {math.log(n): f"log({n})", n * gauss: f"{n}/2 times log(2 pi)", 2 * n * gauss: f"{n} times log(2 pi)"}
    for value, text in known.items():
        for sign, way in ((1, "more"), (-1, "less")):
            if abs(offset - sign * value) < 1e-6 * value and pair.maps(_plus(sign * value), cost=4.0):
                return {"offset": text, "way": way}
    return None


def one_off(pair: Pair) -> Fields | None:
    """Every value one too large or one too small."""
    for step, way in ((1.0, "more"), (-1.0, "less")):
        if pair.maps(_plus(step)):
            return {"way": way}
    return None


def any_offset(pair: Pair) -> Fields | None:
    """One constant added to all values, whatever it is."""
    offset = _offset(pair)
    if offset is None or not pair.maps(_plus(offset), free=1):
        return None
    return {"offset": f"{abs(offset):.6g}", "way": "more" if offset > 0 else "less"}


def _offset(pair: Pair) -> float | None:
    difference = pair.thin_a - pair.thin_e
    if difference.dtype.kind == "c" or difference.size == 0 or not np.all(np.isfinite(difference)):
        return None
    offset = float(np.median(difference))
    return offset if offset else None


def _plus(offset: float) -> Callable[[Array], Array]:
    return lambda values: values + offset


def any_affine(pair: Pair) -> Fields | None:
    """A factor and a constant at once."""
    a, e = pair.thin_a, pair.thin_e
    if a.dtype.kind == "c" or e.dtype.kind == "c" or len(e) < 4 or not np.all(np.isfinite([a, e])):
        return None
    centred = e - e.mean()
    if not np.any(centred):
        return None
    slope = float(centred @ (a - a.mean()) / (centred @ centred))
    constant = float(a.mean() - slope * e.mean())
    if not slope or not pair.maps(lambda values: slope * values + constant, free=2):
        return None
    return {"factor": f"{slope:.6g}", "offset": f"{constant:+.6g}"}


def power_and_factor(pair: Pair, power: float) -> Fields | None:
    """A power of every value, and a factor besides: singular values for variances, say."""
    a, e = pair.thin_a, pair.thin_e
    if "c" in (a.dtype.kind, e.dtype.kind) or not np.all(np.isfinite([a, e])) or np.any(a * e < 0) or np.any(e < 0):
        return None
    powers = e**power
    size = float(powers @ powers)
    factor = float(a @ powers) / size if 0 < size < math.inf else 0.0
    if factor <= 0 or not pair.maps(lambda values: factor * values**power, free=1):
        return None
    return {"factor": f"{factor:.6g}"}
