"""Intervals behind the verdicts on cost, valid at whichever reading one stops. Pure; numpy only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ALPHA = 0.01  # an interval misses what it is about in one run of a hundred at most, on either side together
# The effect that the test expects, in units of scatter: a bar is usually some five scatters away.
EXPECTED_EFFECT = 5.0
# From so many readings on their own scatter is used; fewer are taken to scatter as much as the caller says.
ENOUGH = 4
FEW_WIDTH = 5.0


@dataclass(frozen=True)
class Interval:
    """An estimate with an interval of 99 %."""

    value: float
    low: float
    high: float

    @classmethod
    def around(cls, value: float, half: float) -> Interval:
        """From `half` below to `half` above."""
        return cls(value, value - half, value + half)

    def widened(self, error: float) -> Interval:
        """With a further independent error of this standard deviation taken in."""
        half = math.hypot((self.high - self.low) / 2, 2.576 * error)
        return Interval.around(self.value, half)

    def exponential(self) -> Interval:
        """The interval of e to that power."""
        return Interval(*(math.exp(min(700.0, each)) for each in (self.value, self.low, self.high)))


def running_interval(readings: Sequence[float], *, least: float, few: float) -> Interval:
    """The mean of repeated readings with an interval that holds at every number of readings at once.

    One may look after each reading and stop when the interval has left the bar, and still be wrong in
    one run of a hundred at most: the usual interval of Student's t, looked at again and again, is wrong
    several times as often. It collects the means that the anytime-valid t-test with a normal mixture of
    effects does not refuse (Lai, "On confidence sequences", Annals of Statistics 1976; Wang and Ramdas,
    "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown variance",
    arXiv:2310.03722, 2023).

    `least` is the smallest scatter (standard deviation of one reading) that is believed, however alike
    the readings are. Fewer than four cannot show theirs, and are taken to scatter by `few`.
    """
    values = np.asarray(readings, float)
    count, mean = len(values), float(values.mean())
    if count < ENOUGH:
        return Interval.around(mean, FEW_WIDTH * max(few, least) / math.sqrt(count))
    scatter = max(least, float(values.std(ddof=1)))
    return Interval.around(mean, mixture_quantile(count) * scatter / math.sqrt(count))


def mixture_quantile(count: int) -> float:
    """What takes the place of Student's quantile after `count` readings, four or more.

    The Bayes factor of effects drawn from N(0, EXPECTED_EFFECT squared) against none, with the scale's
    invariant prior, is a martingale where there is no effect; this is the t at which it reaches 1 / ALPHA.
    """
    spread = 1.0 + count * EXPECTED_EFFECT**2
    growth = (math.sqrt(spread) / ALPHA) ** (2.0 / count)
    if growth >= spread:
        raise ValueError(f"{count} readings are too few")
    return math.sqrt((count - 1) * (growth - 1.0) / (1.0 - growth / spread))


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """The slope of the line of least squares through two or more points."""
    centred = np.asarray(x, float) - np.mean(x)
    return float(centred @ np.asarray(y, float)) / float(centred @ centred)


def spread(x: Sequence[float]) -> float:
    """By how much errors of single points are divided in the slope: the root of the sum of squares about the mean."""
    return float(np.linalg.norm(np.asarray(x, float) - np.mean(x)))
