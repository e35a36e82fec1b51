"""Verdicts from samples made up here: no bar is missed by the host's fault, and none is met by failing fast."""

from __future__ import annotations

import numpy as np
import pytest

from autograders.judge.services.levels import Figures, Row, absolute, blocks, judge, ratio_interval, recovery
from autograders.judge.services.load import Sample

RNG = np.random.default_rng(5)


def sample(
    milliseconds: float, *, errors: int = 0, told: str = "wrong answer", lag_ms: float = 0.1, count: int = 400
) -> Sample:
    """Four seconds of latencies that scatter around a median; some, spread over the time, failed and took 5 s."""
    latency = milliseconds / 1e3 * np.exp(0.3 * RNG.normal(size=count))
    failed = np.linspace(0, count - 1, errors).astype(int)
    latency[failed] = 5.0
    errors_told = np.where(np.isin(np.arange(count), failed), told, "").tolist()
    return Sample(
        due=np.arange(count) / 100,
        latency=latency,
        errors=errors_told,
        lag=np.full(count, lag_ms / 1e3),
        waited=np.zeros(count, bool),
        seconds=4.0,
        offered_s=4.0,
    )


def verdicts(bars: dict[str, float], solution: Sample, reference: Sample, *, disturbed: bool = False) -> dict[str, str]:
    rows = judge(bars, [solution], [reference], np.random.default_rng(1), disturbed=disturbed)
    return {row.measure: row.verdict for row in rows}


def test_a_bar_is_met_missed_or_left_undecided() -> None:
    assert verdicts({"p99_ms": 50}, sample(10), sample(10)) == {"p99_ms": "met"}
    assert verdicts({"p99_ms": 50}, sample(100), sample(10)) == {"p99_ms": "missed"}
    assert verdicts({"p99_ms": 50}, sample(100), sample(100)) == {"p99_ms": "undecided"}


def test_a_reference_that_was_slowed_down_by_the_solution_excuses_nothing() -> None:
    assert verdicts({"p99_ms": 50}, sample(100), sample(100), disturbed=True) == {"p99_ms": "missed"}


def test_wrong_answers_are_excused_by_no_reference_and_late_ones_are() -> None:
    bars = {"errors": 0.01, "p99_ms": 50}
    failing, late = (sample(10, errors=40, told=told) for told in ("wrong answer", "no answer within 5 s"))
    assert verdicts(bars, failing, sample(10, errors=40)) == {"errors": "missed", "p99_ms": "missed"}
    slow_host = sample(100, errors=40, told="no answer within 5 s")
    assert verdicts(bars, late, slow_host) == {"errors": "undecided", "p99_ms": "undecided"}
    assert verdicts(bars, late, sample(10)) == {"errors": "missed", "p99_ms": "missed"}


def test_where_the_load_itself_was_late_with_both_the_doubt_counts_for_the_solution() -> None:
    assert verdicts({"p99_ms": 15}, sample(10, lag_ms=8), sample(5, lag_ms=8)) == {"p99_ms": "undecided"}
    # With the solution alone it is the solution that keeps the generator busy.
    assert verdicts({"p99_ms": 15}, sample(10, lag_ms=8), sample(5)) == {"p99_ms": "missed"}


def test_a_ratio_is_missed_only_by_its_whole_interval() -> None:
    assert verdicts({"p50_ratio": 2}, sample(30), sample(10)) == {"p50_ratio": "missed"}
    assert verdicts({"p50_ratio": 2}, sample(15), sample(10)) == {"p50_ratio": "met"}
    both = [sample(21)], [sample(10)]
    low, high = ratio_interval(*both, 0.99, np.random.default_rng(2))
    assert low < 2.1 < high


def test_throughput_counts_right_answers_only() -> None:
    assert Figures.of([sample(10, errors=100)]).throughput == pytest.approx(75)
    assert verdicts({"throughput": 90}, sample(10, errors=100), sample(10)) == {"throughput": "missed"}
    assert verdicts({"throughput": 90}, sample(10), sample(10)) == {"throughput": "met"}


def test_blocks_hold_every_request_once() -> None:
    parts = blocks([sample(10), sample(10)])
    assert len(parts) == 16
    assert sum(map(len, parts)) == 800


@pytest.mark.parametrize(
    ("value", "kindest", "reference", "verdict"),
    [
        (300, 330, None, "missed"),
        (300, 330, 500, "missed"),
        (300, 330, 390, "undecided"),
        (390, 420, 500, "undecided"),
        (400, 430, 500, "met"),
    ],
)
def test_a_bar_at_least_is_judged_the_other_way_round(
    value: float, kindest: float, reference: float | None, verdict: str
) -> None:
    assert absolute("saturation", 400, value, kindest, reference) == verdict


def test_recovery_is_the_last_failure_after_the_fault_ended() -> None:
    due = np.arange(40) / 10
    good = np.ones(40, bool)
    assert recovery(due, good, 2.0) == 0.0
    good[15:28] = False
    assert recovery(due, good, 2.0) == pytest.approx(0.7)
    good[39] = False
    assert recovery(due, good, 2.0) is None


def test_a_missed_bar_reads_as_a_sentence() -> None:
    row = Row("p99_ms", 50.0, 83.2, 9.1, 70.0, 90.0, "missed")
    assert row.sentence(200) == "p99 at 200 requests/s is 83.2 ms; at most 50 ms; the reference: 9.1 ms"
    ratio = Row("p95_ratio", 2.0, 3.5, 1.0, 3.1, 3.9, "missed")
    assert "p95 at 200 requests/s is 3.50 times the reference's" in ratio.sentence(200)
    errors = Row("errors", 0.01, 0.125, None, 0.125, 0.125, "missed")
    assert errors.sentence(50) == "the share of errors at 50 requests/s is 12.5 %; at most 1 %"
