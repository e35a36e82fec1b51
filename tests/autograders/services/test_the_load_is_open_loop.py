"""Requests leave when they are due, and a latency runs from there: what was late for others is not left out."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from autograders.judge.callbacks import GraderError
from autograders.judge.services.http import Get
from autograders.judge.services.load import Phase, Plan, Script, arrivals, read_phases
from tests.autograders.services.support import OK, Behave, drive, stalls_once


def test_a_stall_counts_for_all_that_were_due_meanwhile() -> None:
    # One connection: a generator that waits for the answer would see one slow request in hundreds.
    sample, _ = drive(stalls_once(0.3, 0.5), rate=200, seconds=1.5, connections=1)
    slow = int((sample.latency > 0.1).sum())
    assert slow >= 60, "0.4 s of the stall at 200 a second are 80 requests"
    assert sample.latency.max() >= 0.45
    assert not any(sample.errors)


def test_what_waits_for_a_connection_is_told_apart_from_lag() -> None:
    sample, _ = drive(stalls_once(0.2, 0.4), rate=100, seconds=1, connections=1)
    assert sample.waited.sum() >= 20
    assert np.isnan(sample.lag[sample.waited]).all()
    assert not np.isnan(sample.lag[~sample.waited]).any()


def test_poisson_arrivals_have_the_rate_and_gaps_without_memory() -> None:
    due = arrivals("poisson", 100, 400, np.random.default_rng(1))
    gaps = np.diff(due)
    assert len(due) == pytest.approx(40_000, rel=0.02)
    assert gaps.mean() == pytest.approx(0.01, rel=0.02)
    assert gaps.std() == pytest.approx(0.01, rel=0.03), "exponential: as wide as long"
    assert (np.diff(due) >= 0).all()
    assert due[0] >= 0
    assert due[-1] < 400


def test_the_same_seed_draws_the_same_script() -> None:
    plan = Plan(lambda i: Get(f"/{i}"), 50, 2)
    one, two = (Script.of(plan, np.random.default_rng(7)) for _ in range(2))
    assert (one.due == two.due).all()
    assert one.requests == two.requests


def test_an_answer_that_never_comes_is_an_error_that_took_the_whole_timeout() -> None:
    silent: Behave = lambda there, _: None  # noqa: E731
    sample, pool = drive(silent, rate=20, seconds=0.5, connections=2, timeout=0.3)
    assert set(sample.errors) == {"no answer within 0.3 s"}
    assert (sample.latency >= 0.3).all()
    assert pool.reconnected > 0, "a connection on which an answer may still come is not used again"


def test_a_connection_that_is_closed_is_an_error_and_replaced() -> None:
    lock, seen = threading.Lock(), [0]

    def closes_every_tenth(there: socket.socket, _: bytes) -> None:
        with lock:
            seen[0] += 1
            tenth = seen[0] % 10 == 0
        if tenth:
            there.shutdown(socket.SHUT_RDWR)
        else:
            there.sendall(OK)

    sample, _ = drive(closes_every_tenth, rate=100, seconds=1)
    failed = [error for error in sample.errors if error]
    assert 5 <= len(failed) <= 15, failed
    assert set(failed) == {"the connection was closed before the answer was complete"}


def test_bytes_that_nobody_asked_for_cost_the_connection_and_answer_nothing() -> None:
    def says_more(there: socket.socket, _: bytes) -> None:
        there.sendall(OK)
        time.sleep(0.01)
        there.sendall(OK)

    sample, pool = drive(says_more, rate=20, seconds=0.5, connections=1)
    assert pool.unasked > 0
    assert len(sample.errors) == 10


def test_two_answers_at_once_are_an_error() -> None:
    twice: Behave = lambda there, _: there.sendall(OK + OK)  # noqa: E731
    sample, _ = drive(twice, rate=20, seconds=0.3)
    assert set(sample.errors) == {"more came than one answer"}


@pytest.mark.parametrize("said", [lambda r, a: False, lambda r, a: [][0], lambda r, a: a.json()["x"]])
def test_a_check_that_says_no_makes_the_answer_an_error(said: Callable[..., object]) -> None:
    sample, _ = drive(lambda there, _: there.sendall(OK), rate=20, seconds=0.2, check=said)
    assert all(error.startswith("wrong answer") for error in sample.errors)
    assert sample.wrong == len(sample.errors)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"rate": 0, "seconds": 1}, "rate"),
        ({"rate": 1e9, "seconds": 1}, "rate"),
        ({"rate": 1, "seconds": 0}, "seconds"),
        ({"rate": 9_000, "seconds": 500}, "is more than 200,000"),
        ({"rate": 1, "seconds": 1, "timeout": 0}, "timeout"),
        ({"rate": 1, "seconds": 1, "arrivals": "bursts"}, "poisson or uniform"),
    ],
)
def test_a_load_that_cannot_be_is_refused_naming_what_is_wrong(settings: dict[str, float], word: str) -> None:
    with pytest.raises(GraderError, match=word):
        Plan(lambda i: Get("/"), **settings)  # type: ignore[arg-type]


def test_what_is_no_request_is_refused() -> None:
    plan = Plan(lambda i: "/path", 10, 1)  # type: ignore[arg-type, return-value]
    with pytest.raises(GraderError, match="requests"):
        Script.of(plan, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (["dead"], "a phase is"),
        ([("dead", 0)], "seconds above 0"),
        ([("dead", 1, "fault")], "needs a fault"),
        ([("a", 1), ("a", 1)], "two phases"),
    ],
)
def test_a_phase_that_cannot_be_is_refused(given: list[tuple[object, ...]], word: str) -> None:
    with pytest.raises(GraderError, match=word):
        read_phases(given)


def test_a_phase_has_a_name_a_length_and_perhaps_a_fault() -> None:
    assert read_phases([("healthy", 2)]) == (Phase("healthy", 2),)
