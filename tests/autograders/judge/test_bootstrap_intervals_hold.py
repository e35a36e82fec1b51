"""The interval of a score holds what it is meant to hold as often as it says, and knows doubt where none shows."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest

from autograders.judge.bootstrap import MOST_BLOCKS, Estimate, interval, resamples, units_of
from autograders.judge.metrics import METRICS, Array

REPEATS = 200
# Of 200 intervals at 95 %, fewer than 178 or so hold the truth in one of 10,000 tries; see the binomial distribution.
LEAST_HELD, MOST_MISSED_ON_A_SIDE = 178, 18

Draw = Callable[[np.random.Generator], tuple[Array, Array]]


def estimate_of(name: str, truth: Array, answers: Array, seed: int = 0, groups: Array | None = None) -> Estimate:
    metric = METRICS[name]
    units = units_of(len(truth), groups, truth if metric.stratified else None)
    rng = np.random.default_rng(seed)
    return interval(lambda weights: metric.score(truth, answers, weights), units, rng, unit=metric.unit)


def mistakes(rng: np.random.Generator) -> tuple[Array, Array]:
    return np.zeros(120, int), (rng.random(120) < 0.15).astype(int)


def two_bells(rng: np.random.Generator) -> tuple[Array, Array]:
    labels = np.repeat([0, 1], 60)
    return labels, labels + rng.normal(size=120)


def skewed_errors(rng: np.random.Generator) -> tuple[Array, Array]:
    return np.zeros(120), rng.exponential(size=120)


@pytest.mark.parametrize(
    ("name", "draw", "true"),
    [
        ("accuracy", mistakes, 0.85),
        ("roc_auc", two_bells, NormalDist().cdf(1 / 2**0.5)),
        ("mae", skewed_errors, 1.0),
        ("rmse", skewed_errors, 2**0.5),
    ],
)
def test_an_interval_holds_the_true_score_about_as_often_as_it_says(name: str, draw: Draw, true: float) -> None:
    rng = np.random.default_rng(20)
    found = [estimate_of(name, *draw(rng), seed) for seed in range(REPEATS)]
    under, over = sum(each.high < true for each in found), sum(each.low > true for each in found)
    assert REPEATS - under - over >= LEAST_HELD
    assert under <= MOST_MISSED_ON_A_SIDE
    assert over <= MOST_MISSED_ON_A_SIDE
    # And it is no wider than it needs: an interval that holds everything would pass what is above.
    assert under + over >= 1


def test_rows_that_belong_together_are_drawn_together() -> None:
    """Forty customers with ten equal rows each are forty facts, not four hundred."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(40), 10)
    wrong = np.repeat((rng.random(40) < 0.3).astype(int), 10)
    apart = estimate_of("accuracy", np.zeros(400, int), wrong)
    together = estimate_of("accuracy", np.zeros(400, int), wrong, groups=groups)
    assert together.value == apart.value
    widening = (together.high - together.low) / (apart.high - apart.low)
    assert widening == pytest.approx(10**0.5, rel=0.15)


def test_strata_keep_their_size_in_every_resample() -> None:
    classes = np.repeat([0, 1], (37, 5))
    for weights in resamples(units_of(42, None, classes), np.random.default_rng(0), 300):
        assert set(weights[:, :37].sum(axis=1)) == {37.0}
        assert set(weights[:, 37:].sum(axis=1)) == {5.0}


def test_a_resample_draws_as_many_rows_as_there_are_and_as_many_resamples_as_are_asked_for() -> None:
    blocks = list(resamples(units_of(3_000), np.random.default_rng(0), 2_000))
    assert sum(len(block) for block in blocks) == 2_000
    assert len(blocks) > 1
    assert all(np.all(block.sum(axis=1) == 3_000) for block in blocks)


def test_no_mistake_in_few_rows_is_no_proof_of_perfection() -> None:
    few = estimate_of("accuracy", np.zeros(20, int), np.zeros(20, int))
    many = estimate_of("accuracy", np.zeros(2_000, int), np.zeros(2_000, int))
    assert (few.value, few.high, few.method) == (1, 1, "exact")
    # Clopper and Pearson's lower bound for 20 of 20 is 0.8316, as any table has it.
    assert few.low == pytest.approx(0.8316, abs=1e-4)
    assert many.low > 0.998


def test_scores_in_the_right_order_leave_doubt_too() -> None:
    truth = np.repeat([0, 1], (50, 10))
    found = estimate_of("roc_auc", truth, truth.astype(float))
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(1 - (1 - 0.025 ** (1 / 10)))


def test_an_error_of_nothing_has_no_interval() -> None:
    found = estimate_of("rmse", np.arange(30.0), np.arange(30.0))
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_the_interval_leans_to_the_side_of_the_doubt() -> None:
    """Near the upper end of what is possible there is more room below: percentiles alone would not see it."""
    wrong = (np.arange(60) < 3).astype(int)
    found = estimate_of("accuracy", np.zeros(60, int), wrong)
    assert found.method == "bca"
    assert found.value - found.low > found.high - found.value


def test_many_rows_are_left_out_in_blocks() -> None:
    asked: list[int] = []

    def mean(weights: Array) -> Array:
        asked.append(len(weights))
        numbers: Array = weights @ np.linspace(0, 1, 5_000) / weights.sum(axis=1)
        return numbers

    found = interval(mean, units_of(5_000), np.random.default_rng(3))
    assert sum(asked) == 1 + 2_000 + MOST_BLOCKS
    half = 1.96 * 12**-0.5 / 5_000**0.5
    assert found.low == pytest.approx(0.5 - half, abs=half / 8)
    assert found.high == pytest.approx(0.5 + half, abs=half / 8)


def test_a_wider_level_gives_a_wider_interval() -> None:
    truth, answers = mistakes(np.random.default_rng(4))
    metric = METRICS["accuracy"]
    widths = []
    for level in (0.8, 0.95, 0.99):
        rng = np.random.default_rng(0)
        found = interval(lambda weights: metric.score(truth, answers, weights), units_of(120), rng, level=level)
        widths.append(found.high - found.low)
    assert widths == sorted(widths)
    assert widths[0] < widths[2]
