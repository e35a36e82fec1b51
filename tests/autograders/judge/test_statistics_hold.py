"""The intervals behind verdicts on speed: known values, and how often they hold in simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from autograders.judge.statistics import LEAST_SCATTER, ratio_interval, slope_interval, t99


def test_the_table_of_students_t_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    for degrees in range(1, 31):
        assert t99(degrees) == pytest.approx(stats.t.ppf(0.995, degrees), abs=6e-4)
    assert t99(1_000) == pytest.approx(stats.t.ppf(0.995, 1_000), abs=0.01)


def test_equal_ratios_give_their_value_and_never_full_certainty() -> None:
    interval = ratio_interval([1.5] * 5)
    assert interval.value == pytest.approx(1.5)
    assert interval.low < 1.5 < interval.high
    assert math.log(interval.high / interval.low) == pytest.approx(2 * 2.576 * LEAST_SCATTER / math.sqrt(5))


def test_an_interval_turns_over_with_its_ratios() -> None:
    ratios = [1.1, 1.3, 1.2, 1.25]
    straight, turned = ratio_interval(ratios), ratio_interval([1 / ratio for ratio in ratios])
    assert turned.value == pytest.approx(1 / straight.value)
    assert turned.low == pytest.approx(1 / straight.high)


def test_more_pairs_make_it_narrower() -> None:
    rng = np.random.default_rng(7)
    ratios = list(np.exp(rng.normal(0, 0.1, 40)))
    widths = [ratio_interval(ratios[:n]).high - ratio_interval(ratios[:n]).low for n in (3, 5, 10, 40)]
    assert widths == sorted(widths, reverse=True)


# A pair or two cannot show their scatter: no verdict rests on them unless it is clear at once.
@pytest.mark.parametrize(
    ("pairs", "scatter"),
    [*itertools.product((1, 2), (0.02, 0.04)), *itertools.product((3, 5, 9, 15), (0.02, 0.04, 0.1))],
)
def test_the_interval_of_a_ratio_holds_as_often_as_it_says(pairs: int, scatter: float) -> None:
    rng = np.random.default_rng(20_261_122 + pairs)
    draws = np.exp(rng.normal(math.log(1.4), scatter, size=(3_000, pairs)))
    held = sum(interval.low <= 1.4 <= interval.high for interval in map(ratio_interval, draws.tolist()))
    assert held / len(draws) > 0.983


def test_an_exact_power_is_found_without_doubt() -> None:
    sizes = [1_000, 2_000, 4_000, 8_000]
    for power in (0.0, 1.0, 1.5, 2.0):
        interval = slope_interval(sizes, [3e-6 * size**power for size in sizes])
        assert interval.value == pytest.approx(power, abs=1e-9)
        # The scatter that any measurement has is left in, so that the interval is never a point.
        assert interval.low < power < interval.high < interval.low + 0.4


def test_the_exponent_does_not_depend_on_units() -> None:
    sizes, costs = [10, 20, 40], [1.0, 2.1, 3.9]
    assert slope_interval(sizes, costs).value == pytest.approx(slope_interval(sizes, [c * 1e-6 for c in costs]).value)


@pytest.mark.parametrize("points", [3, 4, 6])
def test_the_interval_of_an_exponent_holds_as_often_as_it_says(points: int) -> None:
    rng = np.random.default_rng(5)
    sizes = np.array([1_000 * 2.0**i for i in range(points)])
    held = 0
    for _ in range(2_000):
        costs = 1e-6 * sizes**1.2 * np.exp(rng.normal(0, 0.05, points))
        interval = slope_interval(sizes.tolist(), costs.tolist())
        held += interval.low <= 1.2 <= interval.high
    assert held / 2_000 > 0.98
