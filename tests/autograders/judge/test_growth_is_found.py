"""The rule of growth, on drawn costs: exponents are found, bounds hold, limits and drifts do not mislead."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from autograders.judge import GraderError, SolutionStopped
from autograders.judge.channel import Channel
from autograders.judge.growth import Growth
from autograders.judge.track import OverTheBar
from tests.autograders.judge.simulated import noisy, simulate

SIZES = (1_000, 2_000, 4_000, 8_000)


def run_growth(bar: float | str, sizes: tuple[int, ...] = SIZES, cpu_s: float = 1e9) -> tuple[str, dict[str, Any]]:
    """What is said where it fails, "" where it passes; and what it recorded."""
    record: dict[str, Any] = {}
    growth = Growth(
        cast(Channel, None), "work", lambda n: (n,), sizes, lambda *_: None, record, hidden=False, cpu_s=cpu_s
    )
    try:
        growth.at_most(bar)
    except OverTheBar as failed:
        return str(failed), record
    return "", record


def costs(
    power: float, reference: float = 1.0, scatter: float = 0.02, common: float = 0.1, seed: int = 0
) -> Callable[[Any], tuple[float, float]]:
    """Powers of the size, with noise of each side and, larger, noise that both share."""
    rng = np.random.default_rng(seed)

    def cost(arguments: Any) -> tuple[float, float]:
        (n,), both = arguments, noisy(rng, common)
        return 1e-6 * n**power * noisy(rng, scatter) * both, 1e-6 * n**reference * noisy(rng, scatter) * both

    return cost


@pytest.mark.parametrize("power", [1.0, 1.5, 2.0])
def test_a_known_exponent_is_found(power: float, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = []
    for seed in range(100):
        simulate(monkeypatch, costs(power, seed=seed))
        _, record = run_growth(4.0)
        errors.append(abs(record["exponent"] - power))
        assert record["low"] <= record["exponent"] <= record["high"]
    assert np.median(errors) < 0.1


@pytest.mark.parametrize(("power", "bar"), [(2.0, 1.2), (1.6, 1.2), (2.0, "n log n"), (1.0, "log n"), (3.0, "n^2")])
def test_growth_over_the_bar_fails(power: float, bar: float | str, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = {1.2: 1.0, "n log n": 1.1, "log n": 0.15, "n^2": 2.0}[bar]
    for seed in range(60):
        simulate(monkeypatch, costs(power, reference, seed=seed))
        words, record = run_growth(bar)
        assert "cost grows as size to the power" in words
        assert f"at most {bar} is asked for" in words
        assert record["decided"]


@pytest.mark.parametrize(("power", "bar"), [(1.0, 1.2), (1.13, "n log n"), (1.0, "n"), (2.0, "n^2"), (0.12, "log n")])
def test_growth_like_the_reference_passes(power: float, bar: float | str, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(150):
        simulate(monkeypatch, costs(power, power, scatter=0.05, common=0.2, seed=seed))
        words, _ = run_growth(bar)
        assert words == ""


def test_a_reference_that_itself_grows_beyond_the_bar_fails_nobody_like_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches fill: on a host with small ones both may grow faster than the bound."""
    simulate(monkeypatch, costs(1.5, 1.5))
    assert run_growth("n")[0] == ""


def test_a_machine_that_slows_down_steadily_bends_no_exponent(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def cost(arguments: Any) -> tuple[float, float]:
        nonlocal calls
        calls += 1
        (n,), slower = arguments, 1.04**calls
        return 1e-6 * n * slower, 1e-6 * n * slower

    simulate(monkeypatch, cost)
    _, record = run_growth(1.2)
    assert record["climbs"] >= 2
    assert abs(record["exponent"] - 1.0) < 0.25


def test_sizes_that_would_cross_the_limit_are_left_out_and_the_verdict_still_falls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    simulate(monkeypatch, costs(2.0, common=0.02))
    words, record = run_growth(1.2, cpu_s=40)
    assert "at most 1.2 is asked for" in words
    assert record["left_out"] == [8_000]
    assert record["sizes"] == [1_000, 2_000, 4_000]


def stopping_at(size: int, power: float) -> Callable[[Any], tuple[float, float]]:
    inner = costs(power)

    def cost(arguments: Any) -> tuple[float, float]:
        if arguments[0] >= size:
            raise SolutionStopped("stopped at the CPU limit of 10 s", "cpu")
        return inner(arguments)

    return cost


def test_a_stop_on_the_way_fails_and_says_how_cost_grew_up_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(monkeypatch, stopping_at(4_000, 2.0))
    words, record = run_growth(1.2)
    assert words.startswith(
        "stopped at the CPU limit of 10 s at size 4,000; up to there cost grows as size to the power"
    )
    assert record["sizes"] == [1_000, 2_000]


def test_a_stop_at_once_says_that_growth_could_not_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(monkeypatch, stopping_at(2_000, 2.0))
    words, record = run_growth("n")
    assert words == "stopped at the CPU limit of 10 s at size 2,000, before its growth could be measured"
    assert record["sizes"] == []


def test_all_climbs_together_stay_within_a_few_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    # Undecided for ever: the exponent lies on the bar, the reference well below it.
    simulate(monkeypatch, costs(1.3, 1.0, scatter=0.1))
    words, record = run_growth(1.3, cpu_s=0.05)
    assert words == ""
    assert record["climbs"] < 8


@pytest.mark.parametrize("sizes", [(1_000, 2_000), (), (1_000, 2_000, 3_000), (0, 10, 100)])
def test_a_ladder_that_shows_nothing_is_the_authors_mistake(sizes: tuple[int, ...]) -> None:
    with pytest.raises(GraderError, match="sizes"):
        run_growth(1.2, sizes)


def test_sizes_may_come_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(monkeypatch, costs(1.0))
    _, record = run_growth(1.2, (8_000, 1_000, 4_000, 2_000))
    assert record["sizes"] == list(SIZES)
    assert record["solution_s"] == sorted(record["solution_s"])
    assert math.isclose(record["solution_s"][3] / record["solution_s"][0], 8, rel_tol=0.4)
