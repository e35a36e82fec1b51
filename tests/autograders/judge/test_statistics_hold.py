"""The intervals behind verdicts on cost: known values, and how often they hold when one looks after every reading."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograders.judge.statistics import Interval, mixture_quantile, running_interval, slope, spread


def bayes_factor(t: float, count: int) -> float:
    """Of effects from N(0, 5 squared) against none, as textbooks have it for one sample (g-prior)."""
    g, degrees = 25.0, count - 1
    shrunk = t**2 / ((1 + count * g) * degrees)
    return float((1 + count * g) ** -0.5 * ((1 + t**2 / degrees) / (1 + shrunk)) ** (count / 2))


@pytest.mark.parametrize("count", [4, 5, 8, 15, 40])
def test_the_quantile_is_where_the_bayes_factor_reaches_a_hundred(count: int) -> None:
    assert bayes_factor(mixture_quantile(count), count) == pytest.approx(100, rel=1e-9)


def test_three_readings_are_too_few_to_show_their_scatter() -> None:
    with pytest.raises(ValueError, match="too few"):
        mixture_quantile(3)


def test_the_quantile_is_wider_than_students_by_a_factor_below_two_and_a_half() -> None:
    stats = pytest.importorskip("scipy.stats")
    ratios = [mixture_quantile(count) / stats.t.ppf(0.995, count - 1) for count in (4, 6, 10, 24)]
    assert all(1.2 < ratio < 2.5 for ratio in ratios)


def test_equal_readings_never_give_full_certainty() -> None:
    interval = running_interval([0.4] * 6, least=0.03, few=0.25)
    assert interval.value == pytest.approx(0.4)
    assert interval.high - interval.value == pytest.approx(mixture_quantile(6) * 0.03 / math.sqrt(6))


def test_few_readings_are_taken_to_scatter_as_much_as_is_said() -> None:
    alike, unlike = (running_interval(values, least=0.03, few=0.25) for values in ([0.1, 0.1], [0.0, 0.2]))
    assert (alike.low, alike.high) == (unlike.low, unlike.high)
    assert alike.high - alike.value == pytest.approx(5 * 0.25 / math.sqrt(2))


@pytest.mark.parametrize("scatter", [0.02, 0.05, 0.15])
def test_the_interval_holds_at_every_number_of_readings_at_once(scatter: float) -> None:
    rng = np.random.default_rng(20_261_128)
    runs, left = 1_000, 0
    for readings in rng.normal(0.3, scatter, size=(runs, 24)):
        looks = (running_interval(readings[:count], least=0.01, few=0.25) for count in range(1, 25))
        left += any(not look.low <= 0.3 <= look.high for look in looks)
    assert left / runs <= 0.01


def test_students_interval_would_not_have_held() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(11)
    quantiles = {count: stats.t.ppf(0.995, count - 1) for count in range(4, 25)}
    left = 0
    for readings in rng.normal(0.0, 1.0, size=(2_000, 24)):
        looks = ((readings[:n].mean() / readings[:n].std(ddof=1) * math.sqrt(n), n) for n in range(4, 25))
        left += any(abs(t) > quantiles[n] for t, n in looks)
    assert left / 2_000 > 0.03, "this is why the usual interval is not used"


def test_a_further_error_widens_it_and_none_leaves_it_alone() -> None:
    interval = Interval.around(1.0, 0.3)
    assert interval.widened(0.0) == pytest.approx(interval)
    assert interval.widened(0.2).high == pytest.approx(1 + math.hypot(0.3, 2.576 * 0.2))


def test_the_exponential_of_a_wide_interval_is_a_number_still() -> None:
    assert math.isfinite(Interval(0.0, -2_000.0, 2_000.0).exponential().high)


def test_an_exact_power_is_its_slope() -> None:
    x = [math.log(size) for size in (1_000, 2_000, 4_000, 8_000)]
    for power in (0.0, 1.0, 1.5, 2.0):
        assert slope(x, [power * each - 3 for each in x]) == pytest.approx(power)


def test_errors_of_single_points_are_divided_by_the_spread() -> None:
    rng = np.random.default_rng(3)
    x = [math.log(size) for size in (500, 1_000, 2_000, 4_000)]
    slopes = [slope(x, rng.normal(0, 0.1, 4).tolist()) for _ in range(4_000)]
    assert np.std(slopes) == pytest.approx(0.1 / spread(x), rel=0.05)
