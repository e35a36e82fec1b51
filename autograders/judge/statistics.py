"""Intervals and fits behind the verdicts on speed and growth. Pure; numpy only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Two-sided 99 % quantiles of Student's t for 1 to 30 degrees of freedom (any table of the distribution).
T99 = (
    *(63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169),
    *(3.106, 3.055, 3.012, 2.977, 2.947, 2.921, 2.898, 2.878, 2.861, 2.845),
    *(2.831, 2.819, 2.807, 2.797, 2.787, 2.779, 2.771, 2.763, 2.756, 2.750),
)
NORMAL99 = 2.576
# The scatter of one pair's log-ratio is 0.02 to 0.04 when both run at once on one core, and up to
# 0.1 on a very busy host: a few lucky pairs must not pretend to more certainty than that.
LEAST_SCATTER = 0.04
MOST_T = 6.0
FEW_SCATTER = 0.1  # assumed where there are too few pairs to see it


@dataclass(frozen=True)
class Interval:
    """An estimate with a 99 % interval."""

    value: float
    low: float
    high: float


def t99(degrees: int) -> float:
    """The 99 % two-sided quantile of Student's t."""
    return T99[degrees - 1] if degrees <= len(T99) else NORMAL99


def ratio_interval(ratios: Sequence[float]) -> Interval:
    """The geometric mean of paired cost ratios with its interval, from the scatter of their logarithms."""
    logs = np.log(np.asarray(ratios, float))
    mean = float(logs.mean())
    if len(logs) < 3:
        half = NORMAL99 * FEW_SCATTER
    else:
        scatter = float(logs.std(ddof=1))
        half = max(t99(len(logs) - 1) * scatter, NORMAL99 * LEAST_SCATTER) / math.sqrt(len(logs))
    return Interval(math.exp(mean), math.exp(mean - half), math.exp(mean + half))


def slope_interval(sizes: Sequence[float], costs: Sequence[float]) -> Interval:
    """The exponent b of cost ~ size^b by least squares on logarithms, with its interval (needs 3 points)."""
    x, y = np.log(np.asarray(sizes, float)), np.log(np.asarray(costs, float))
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    residuals = y - y.mean() - slope * centred
    degrees = len(x) - 2
    scatter = math.sqrt(float(residuals @ residuals) / degrees) if degrees > 0 else 0.0
    # With one degree of freedom the quantile of t is 64 and nothing could ever be decided; yet how
    # much one point scatters is known. So a floor below and a ceiling on the quantile.
    half = min(t99(max(1, degrees)), MOST_T) * max(scatter, LEAST_SCATTER) / math.sqrt(spread)
    return Interval(slope, slope - half, slope + half)
