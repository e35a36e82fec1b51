"""The rule of a race, on drawn costs: who is equal passes, who is slower fails, doubt passes and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from autograders.judge import GraderError
from autograders.judge import race as race_module
from autograders.judge.channel import Channel
from autograders.judge.race import MOST_PAIRS, PAIRS_A_TRACK, Race
from autograders.judge.track import OverTheBar, Pair, Repeats, Track, Wire
from tests.autograders.judge.simulated import SimulatedTrack, noisy, simulate


def run_race(bar: float, cpu_s: float = 1e9) -> tuple[bool, dict[str, Any]]:
    """Whether a race under this bar is passed, and what it recorded."""
    record: dict[str, Any] = {}
    race = Race(cast(Channel, None), "work", lambda: (), lambda *_: None, record, hidden=False, cpu_s=cpu_s)
    try:
        race.at_most(bar)
    except OverTheBar:
        return False, record
    return True, record


@pytest.mark.parametrize("scatter", [0.02, 0.05, 0.1])
def test_an_equal_solution_fails_less_than_once_in_two_hundred(scatter: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    simulate(monkeypatch, lambda _: (noisy(rng, scatter), 1.0))
    verdicts = [run_race(1.25) for _ in range(1_000)]
    assert sum(not passed for passed, _ in verdicts) <= 2
    assert np.mean([record["pairs"] for _, record in verdicts]) < 12


@pytest.mark.parametrize("scatter", [0.02, 0.05, 0.1])
def test_one_that_is_slower_by_six_tenths_passes_less_than_once_in_a_hundred(
    scatter: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(2)
    simulate(monkeypatch, lambda _: (1.6 * noisy(rng, scatter), 1.0))
    verdicts = [run_race(1.25) for _ in range(1_000)]
    assert sum(passed for passed, _ in verdicts) <= 8
    assert all(record["decided"] for passed, record in verdicts if not passed)


def test_two_equal_jails_that_differ_by_a_tenth_as_long_as_they_live_fail_no_equal_solution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(3)
    lasting = {"track": 0, "factor": 1.0}

    def cost(_: Any) -> tuple[float, float]:
        if track.opened != lasting["track"]:
            lasting.update(track=track.opened, factor=noisy(rng, 0.1))
        return lasting["factor"] * noisy(rng, 0.01), 1.0

    track = simulate(monkeypatch, cost)
    assert sum(not run_race(1.25)[0] for _ in range(1_000)) <= 5


def test_a_solution_on_the_bar_is_left_undecided_or_right_and_undecided_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(4)
    simulate(monkeypatch, lambda _: (2.0 * noisy(rng, 0.1), 1.0))
    verdicts = [run_race(2.0) for _ in range(500)]
    assert all(passed for passed, record in verdicts if not record["decided"])
    assert sum(not passed for passed, _ in verdicts) <= 10
    assert sum(record["decided"] for _, record in verdicts) <= 15
    assert max(record["pairs"] for _, record in verdicts) == MOST_PAIRS


def test_what_is_far_from_the_bar_is_decided_by_a_pair_or_two(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(monkeypatch, lambda _: (60.0, 1.0))
    passed, record = run_race(2.0)
    assert (passed, record["pairs"], record["jails"]) == (False, 1, 1)
    simulate(monkeypatch, lambda _: (2.0, 10.0))
    passed, record = run_race(2.0)
    assert (passed, record["pairs"]) == (True, 1)


def test_where_pairs_cost_little_a_pass_rests_on_four(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(monkeypatch, lambda _: (0.02, 0.1))
    passed, record = run_race(2.0)
    assert (passed, record["pairs"]) == (True, PAIRS_A_TRACK)
    assert record["high"] < 1.3 * record["ratio"]


def test_a_fail_by_little_is_seen_in_two_pairs_of_jails(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(monkeypatch, lambda _: (1.9, 1.0))
    passed, record = run_race(1.25)
    assert not passed
    assert record["jails"] == 2
    assert record["pairs"] == PAIRS_A_TRACK + 1


def test_a_race_ends_where_the_solution_has_used_its_cpu_time(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(monkeypatch, lambda _: (2.5, 2.5 / 1.25))
    passed, record = run_race(1.25, cpu_s=10)
    assert passed
    assert not record["decided"]
    assert record["pairs"] == 4


def test_measuring_runs_no_solution_into_its_cpu_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0.0

    class Limited(SimulatedTrack):
        def run(self, draw: Callable[[], Any], repeats: Repeats = Repeats()) -> Pair:  # noqa: B008 - it is frozen
            nonlocal most
            pair = super().run(draw, repeats)
            most = max(most, self.used)
            return pair

    simulate(monkeypatch, lambda _: (1.0, 1.0))
    monkeypatch.setattr(race_module, "Track", Limited)
    for seconds in (0.5, 1.9, 2.5, 3.4, 5.1, 9.0):
        Limited.cost = staticmethod(lambda _, seconds=seconds: (seconds, seconds / 1.2))
        passed, record = run_race(3.0, cpu_s=10)
        assert passed
        assert record["pairs"] >= 2
    assert most < 10


@pytest.mark.parametrize("bar", [1.0, 1.19, 0.0, -2.0, float("nan"), float("inf")])
def test_a_bar_within_the_noise_is_the_authors_mistake(bar: float) -> None:
    with pytest.raises(GraderError, match="within the noise"):
        run_race(bar)


def a_track(sent_bytes: int = 100) -> Track:
    track = Track(cast(Channel, None), "work", lambda *_: None, "race", hidden=False)
    track.sent_bytes = sent_bytes
    return track


def test_short_calls_are_repeated_until_they_last() -> None:
    assert a_track().repeats(Pair(1e-3, 1e-3, 1, 1), 0.02) == Repeats(20, 20)
    assert a_track().repeats(Pair(0.5, 0.5, 1, 1), 0.02) == Repeats(1, 1)
    assert a_track().repeats(Pair(1e-6, 1e-6, 1, 1), 0.02) == Repeats(512, 512)


def test_large_arguments_bound_how_often_a_call_is_repeated() -> None:
    assert a_track(sent_bytes=16 << 20).repeats(Pair(1e-3, 1e-3, 1, 1), 0.02) == Repeats(4, 4)


def test_the_cheaper_reference_calls_as_often_as_fills_the_same_time() -> None:
    assert a_track().repeats(Pair(0.04, 0.01, 1, 1), 0.02, bar=2.0) == Repeats(1, 4)


def test_the_reference_does_not_fill_the_time_of_one_far_over_the_bar() -> None:
    assert a_track().repeats(Pair(4.0, 0.02, 1, 1), 0.02, bar=1.5) == Repeats(1, 3)


def test_a_faster_solution_makes_no_more_calls_than_the_reference_answers() -> None:
    repeats = a_track().repeats(Pair(1e-4, 0.05, 1, 1), 0.02)
    assert repeats.solution <= repeats.reference


def test_the_wire_is_shared_among_the_calls_of_a_run() -> None:
    wire = Wire(run_s=1e-3, call_s=1e-4, run_error_s=3e-5, call_error_s=4e-5)
    assert wire.of(10) == pytest.approx(2e-4)
    assert wire.error(1) == pytest.approx(5e-5)
