"""An answer beside what was expected, and how much an explanation of their difference explains.

An explanation is a candidate: what the answer would be if the mistake had been made. It counts
only if it reproduces the whole answer, and if that is no accident: each value that it gets right,
and that the expected array does not, is worth so many bits of evidence as its digits agree; a value
of few possible ones, such as a label or an accuracy of fifths, is worth few.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SAMPLE = 1_024
MOST_VALUES = 2 << 20  # beyond these only what the sample says is looked at
ENOUGH_BITS = 14.0
BITS_OF_A_PARAMETER = 40.0
FLOORS = {"float16": 4e-3, "float32": 2e-5, "complex64": 2e-5}
GRIDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 25, 32, 50, 64, 100, 128, 256, 1_000, 1_024)


class Pair:
    """An answer and what was expected, as numbers; `wrong` marks the values beyond the check's tolerance.

    `sizes` are the whole numbers that a factor may come from: dimensions of the inputs and of the answer;
    `inputs` are arrays that the answer was made from, as far as they are known.
    Where the shapes differ `wrong` is None and the candidates are compared part by part.
    """

    def __init__(
        self,
        actual: Any,
        expected: Any,
        *,
        rtol: float,
        atol: float,
        sizes: Iterable[int] = (),
        hinted: bool = False,
        wrong: Array | None = None,
        shapes: Iterable[tuple[int, ...]] = (),
        inputs: Iterable[Array] = (),
    ) -> None:
        self.actual, self.expected = np.asarray(actual), np.asarray(expected)
        self.a, self.e = as_numbers(self.actual), as_numbers(self.expected)
        self.rtol, self.atol, self.wrong = float(rtol), float(atol), wrong
        self.floor = FLOORS.get(str(self.actual.dtype), 1e-9)
        self.r = max(self.floor, min(10 * self.rtol, 1e-3), min(self.rtol, 0.02))
        self.hinted, self.shapes = hinted, tuple(shapes)
        self.inputs = tuple(inputs)
        self.given_sizes = tuple(sizes)
        self.notes: dict[str, Any] = {}

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The given sizes and the answer's own dimensions, without those too small to tell anything."""
        own = (*self.e.shape, self.e.size) if self.e.ndim else ()
        return tuple(dict.fromkeys(int(n) for n in (*self.given_sizes, *own) if 3 <= n <= 10**7))

    @property
    def alike(self) -> bool:
        """Whether the shapes are the same."""
        return bool(self.a.shape == self.e.shape)

    @cached_property
    def at(self) -> Array:
        """Flat indices of the values that are looked at first; half of them are wrong ones, where so many are."""
        size = self.e.size
        if size <= SAMPLE:
            return np.arange(size)
        step = np.linspace(0, size - 1, SAMPLE // 2).astype(np.intp)
        if self.wrong is None:
            return step
        wrong = np.flatnonzero(self.wrong)
        chosen = wrong[np.linspace(0, len(wrong) - 1, SAMPLE // 2).astype(np.intp)] if len(wrong) else wrong
        return np.unique(np.concatenate([step, chosen]))

    @cached_property
    def thin_a(self) -> Array:
        """The answer's values at `at`."""
        return np.asarray(self.a.flat[self.at])

    @cached_property
    def thin_e(self) -> Array:
        """The expected values at `at`."""
        return np.asarray(self.e.flat[self.at])

    @cached_property
    def scale(self) -> float:
        """A usual size of the expected values, 0 where all are 0."""
        return usual(self.thin_e)

    @cached_property
    def levels(self) -> float:
        """How many values could stand at each place: of whole numbers or of fractions few, else infinitely many."""
        values = np.unique(np.concatenate([self.thin_a, self.thin_e]))
        if values.dtype.kind == "c" or not np.all(np.isfinite(values)):
            values = np.unique(np.abs(values[np.isfinite(values)]))
        values = values[:: max(1, len(values) // 64)]
        if len(values) == 0:
            return 2.0
        grids: Iterable[int] = range(1, 1_001) if len(values) <= 4 else (*GRIDS, *self.sizes)
        for grid in grids:
            scaled = values * grid
            if np.all(np.abs(scaled) < 1e6) and np.all(np.abs(scaled - np.round(scaled)) < 1e-6):
                return max(2.0, float(np.max(np.abs(scaled)) if self.e.size == 1 else np.ptp(scaled)) + 1)
        return math.inf

    def near(self, candidate: Array, actual: Array) -> Array:
        """Where the answer is what the candidate says."""
        with np.errstate(all="ignore"):
            far = np.abs(actual - candidate)
            good = np.isfinite(candidate) & (far <= self._tolerance(candidate))
            return np.asarray(good | (actual == candidate) | (np.isnan(actual) & np.isnan(candidate)))

    def _tolerance(self, candidate: Array) -> Array:
        size = usual(candidate.flat[:: max(1, candidate.size // SAMPLE)])
        absolute = max(1e-3 * self.floor * size, min(10 * self.atol, 1e-3 * size), min(self.atol, 0.02 * size))
        return np.asarray(absolute + self.r * np.abs(candidate))

    def bits(self, candidate: Array) -> float:
        """How much it says that the candidate, a value for each of `at`, is what the answer holds."""
        a, e = self.thin_a, self.thin_e
        with np.errstate(all="ignore"):
            tolerance = self._tolerance(candidate)
            told = np.isfinite(candidate) & np.isfinite(e) & np.isfinite(a) & (np.abs(candidate - e) > 4 * tolerance)
            if not np.any(told):
                return 0.0
            c, a = candidate[told], a[told]
            size = max(usual(candidate), 1e-300)
            distinct = len(np.unique(np.round(c / size, 8)))
            if math.isfinite(self.levels):
                # An answer of few levels that is the same everywhere may be so for any reason.
                return math.log2(self.levels) * (len(c) if distinct > 1 else 1)
            error = float(np.max(np.abs(a - c) / np.maximum(np.abs(c), 1e-3 * size)))
            return distinct * min(40.0, max(1.0, -math.log2(max(error, 1e-300))))

    def fits(self, candidate: Array, *, cost: float = 0.0, free: int = 0) -> bool:
        """Whether the candidate reproduces the answer, beyond what accident and `free` numbers chosen to fit could.

        `cost` is the logarithm of how many such candidates are tried.
        """
        thin = np.asarray(candidate.flat[self.at])
        if not np.all(self.near(thin, self.thin_a)):
            return False
        if self.bits(thin) < ENOUGH_BITS + cost + BITS_OF_A_PARAMETER * free:
            return False
        return self.e.size <= SAMPLE or bool(np.all(self.near(candidate, self.a)))

    def maps(self, change: Callable[[Array], Array], *, cost: float = 0.0, free: int = 0) -> bool:
        """`fits` for a change of each value by itself, which is carried out only if it fits the sample."""
        with np.errstate(all="ignore"):
            try:
                thin = change(self.thin_e)
            except TypeError:  # some functions know no complex numbers
                return False
            if not np.all(self.near(thin, self.thin_a)):
                return False
            if self.bits(thin) < ENOUGH_BITS + cost + BITS_OF_A_PARAMETER * free:
                return False
            return self.e.size <= SAMPLE or bool(np.all(self.near(change(self.e), self.a)))

    def part(self, actual: Array, expected: Array) -> Pair:
        """A part of both, or another view of them, under the same tolerance."""
        return Pair(actual, expected, rtol=self.rtol, atol=self.atol, sizes=self.given_sizes, hinted=self.hinted)

    def turned(self) -> Pair:
        """The same with the sides exchanged: for mistakes that are undone rather than made."""
        other = self.part(self.expected, self.actual)
        other.floor, other.r = self.floor, self.r
        other.wrong = self.wrong
        return other

    def equals(self, actual: Array, expected: Array) -> bool:
        """Whether two parts are the same within the tolerance, and hold something."""
        return actual.shape == expected.shape and actual.size > 0 and bool(np.all(self.near(expected, actual)))


def as_numbers(values: Array) -> Array:
    """The values as float64 or complex128."""
    return values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)


def usual(values: Array) -> float:
    """A usual size of values: their largest, but not more than a thousand times the median of those beside 0."""
    sizes = np.abs(values)
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    return min(float(sizes.max()), 1e3 * float(np.median(sizes))) if sizes.size else 0.0
