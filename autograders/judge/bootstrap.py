"""Bootstrap intervals of a score over rows or groups of rows. Pure; numpy only.

The interval is Efron's BCa ("Better bootstrap confidence intervals", JASA 82, 1987): percentiles of
the resampled scores, moved for bias and for how the score's own spread changes. The acceleration
comes from a jackknife over rows, or over blocks of them where there are many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]
Weighted = Callable[[Array], Array]  # weights of shape (resamples, rows) -> one score for each

RESAMPLES = 2_000
MOST_BLOCKS = 200  # of the jackknife
MOST_WEIGHTS = 4_000_000  # held at a time: 32 MB
NORMAL = NormalDist()


@dataclass(frozen=True)
class Estimate:
    """A score with its interval, and how that was found."""

    value: float
    low: float
    high: float
    method: Literal["bca", "percentile", "exact"]


@dataclass(frozen=True)
class Units:
    """What is drawn in a resample: rows, or whole groups; within each stratum apart where there are strata."""

    of_row: Array
    strata: tuple[Array, ...]  # the units of each

    @property
    def count(self) -> int:
        """How many can be drawn: of the smallest stratum, since that is what limits what is known."""
        return min(len(stratum) for stratum in self.strata)

    def spread(self, unit_weights: Array) -> Array:
        """Weights of rows from weights of units."""
        return unit_weights[:, self.of_row]


def units_of(rows: int, groups: Array | None = None, classes: Array | None = None) -> Units:
    """Rows as units, or the groups they belong to; `classes` are the strata of rows (not with groups)."""
    if groups is not None:
        names, of_row = np.unique(groups, return_inverse=True)
        return Units(of_row, (np.arange(len(names)),))
    every = np.arange(rows)
    strata = (every,) if classes is None else tuple(every[classes == label] for label in np.unique(classes))
    return Units(every, strata)


def resamples(units: Units, rng: np.random.Generator, count: int) -> Iterator[Array]:
    """Weights of rows, in blocks of resamples that fit into memory."""
    whole = sum(len(stratum) for stratum in units.strata)
    at_once = max(1, MOST_WEIGHTS // max(whole, len(units.of_row)))
    for start in range(0, count, at_once):
        block = min(at_once, count - start)
        weights = np.zeros((block, whole))
        for stratum in units.strata:
            size = len(stratum)
            drawn = rng.integers(size, size=(block, size)) + size * np.arange(block)[:, None]
            weights[:, stratum] = np.bincount(drawn.ravel(), minlength=block * size).reshape(block, size)
        yield units.spread(weights)


def interval(
    score: Weighted,
    units: Units,
    rng: np.random.Generator,
    *,
    level: float = 0.95,
    unit: bool = False,
    count: int = RESAMPLES,
) -> Estimate:
    """The score of all rows with its two-sided interval; `unit`: its values lie between 0 and 1.

    BCa; plain percentiles where BCa is not defined. Where every resample gives the same score at an
    end of the unit range (no error in 20 rows) the bootstrap knows of no doubt, though there is
    some: the exact bound for a rate with no failure stands in for it (Clopper and Pearson 1934).
    """
    value = float(score(np.ones((1, len(units.of_row))))[0])
    drawn = np.concatenate([score(weights) for weights in resamples(units, rng, count)])
    drawn = drawn[np.isfinite(drawn)]
    tail = (1 - level) / 2
    if not len(drawn) or np.ptp(drawn) == 0:
        room = 1 - tail ** (1 / units.count) if unit and value in (0.0, 1.0) else 0.0
        return Estimate(
            value, max(value - room, 0.0) if unit else value, min(value + room, 1.0) if unit else value, "exact"
        )
    quantiles = _bca(drawn, value, _jackknife(score, units, rng), tail)
    method: Literal["bca", "percentile"] = "bca" if quantiles else "percentile"
    low, high = np.quantile(drawn, quantiles or (tail, 1 - tail))
    return Estimate(value, float(low), float(high), method)


def _bca(drawn: Array, value: float, left_out: Array, tail: float) -> tuple[float, float] | None:
    """Which quantiles of the resampled scores bound the interval; None where that is not defined."""
    below = float(np.mean(drawn < value) + np.mean(drawn == value) / 2)
    if not 0 < below < 1:
        return None
    bias = NORMAL.inv_cdf(below)
    apart = left_out.mean() - left_out if np.all(np.isfinite(left_out)) else np.zeros(1)
    squares = float(apart @ apart)
    pull = float((apart**3).sum()) / (6 * squares**1.5) if squares > 0 else 0.0
    found = []
    for z in (NORMAL.inv_cdf(tail), NORMAL.inv_cdf(1 - tail)):
        rest = 1 - pull * (bias + z)
        if rest <= 0:
            return None
        found.append(NORMAL.cdf(bias + (bias + z) / rest))
    return found[0], found[1]


def _jackknife(score: Weighted, units: Units, rng: np.random.Generator) -> Array:
    """The score with each unit left out, or each of some blocks of units."""
    whole = sum(len(stratum) for stratum in units.strata)
    blocks = np.empty(whole, int)
    blocks[rng.permutation(whole)] = np.arange(whole) % min(whole, MOST_BLOCKS)
    found = []
    at_once = max(1, MOST_WEIGHTS // max(whole, len(units.of_row)))
    for start in range(0, int(blocks.max()) + 1, at_once):
        names = np.arange(start, min(start + at_once, int(blocks.max()) + 1))
        found.append(score(units.spread((blocks[None, :] != names[:, None]).astype(float))))
    return np.concatenate(found)
