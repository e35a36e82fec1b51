"""A message of a bulk run: those who are waited for go first, and of several slots one grades no bulk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assignments import grading, queueing
from assignments.grading import grade_sent
from assignments.models import GradingRun, Problem
from assignments.worker import Worker
from courseplatform.accounts.models import User
from tests.assignments.support import SOLUTION, WrittenEngine, hand_in, run_of

Queue = Callable[..., GradingRun]


@pytest.fixture
def queue(bob: User, problem: Problem) -> Queue:
    def add(lane: str) -> GradingRun:
        run = run_of(hand_in(bob, problem, source=f"{SOLUTION}# {GradingRun.objects.count()}\n"))
        GradingRun.objects.filter(pk=run.pk).update(lane=lane)
        run.refresh_from_db()
        return run

    return add


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "STAND_BY_SECONDS", 0)


def state_of(run: GradingRun) -> str:
    run.refresh_from_db()
    return run.state


def standing_by(monkeypatch: pytest.MonkeyPatch, *happenings: Callable[[], object]) -> None:
    """Each time a slot that stands by looks around, the next of these happens first."""
    left, look = list(happenings), queueing.next_interactive

    def looks() -> int | None:
        if left:
            left.pop(0)()
        return look()

    monkeypatch.setattr(queueing, "next_interactive", looks)


def test_the_engine_is_told_who_waits(queue: Queue) -> None:
    engine, here = WrittenEngine(), Worker("here", WrittenEngine())
    for lane in ("interactive", "bulk"):
        grade_sent(queue(lane).pk, here, engine)
    assert engine.priorities == ["interactive", "bulk"]


def test_before_a_bulk_run_all_are_graded_that_somebody_waits_for(queue: Queue) -> None:
    bulk, first, second = queue("bulk"), queue("interactive"), queue("interactive")
    engine = WrittenEngine()
    grade_sent(bulk.pk, Worker("here", engine), engine)
    assert engine.priorities == ["interactive", "interactive", "bulk"]
    assert [state_of(run) for run in (first, second, bulk)] == ["done"] * 3
    assert first.started is not None
    assert second.started is not None
    assert first.started < second.started


def test_one_that_rests_after_a_fault_holds_nobody_up(queue: Queue) -> None:
    bulk, resting = queue("bulk"), queue("interactive")
    broken = WrittenEngine(broken="no room")
    grade_sent(resting.pk, Worker("here", broken), broken)
    engine = WrittenEngine()
    grade_sent(bulk.pk, Worker("here", engine), engine)
    assert [state_of(run) for run in (resting, bulk)] == ["queued", "done"]


def test_a_slot_that_stands_by_grades_whom_somebody_waits_for(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    bulk, engine = queue("bulk"), WrittenEngine()
    here = Worker("here", engine, slots=2)
    new: list[GradingRun] = []
    taken = here.bulk_slot(0)
    assert taken.__enter__(), "the other slot grades bulk"

    def comes() -> None:
        new.append(queue("interactive"))

    def ends() -> None:
        assert [state_of(run) for run in (*new, bulk)] == ["done", "queued"]
        taken.__exit__(None, None, None)

    standing_by(monkeypatch, lambda: None, comes, lambda: None, ends)
    grade_sent(bulk.pk, here, engine)
    assert engine.priorities == ["interactive", "bulk"]
    assert state_of(bulk) == "done"


@pytest.mark.parametrize(("slots", "at_once"), [(1, 1), (2, 1), (3, 2), (8, 7)])
def test_all_slots_but_one_may_grade_bulk(slots: int, at_once: int) -> None:
    here = Worker("here", WrittenEngine(), slots=slots)
    taken = [here.bulk_slot(0) for _ in range(slots + 1)]
    assert [slot.__enter__() for slot in taken] == [True] * at_once + [False] * (slots + 1 - at_once)
    for slot in taken:
        slot.__exit__(None, None, None)
    with here.bulk_slot(0) as mine:
        assert mine, "what was given back can be had again"


def test_a_slot_is_given_back_when_grading_fails(queue: Queue) -> None:
    here, engine = Worker("here", WrittenEngine(), slots=2), WrittenEngine(broken="no room")
    grade_sent(queue("bulk").pk, here, engine)
    with here.bulk_slot(0) as mine:
        assert mine


def test_who_leaves_while_it_stands_by_gives_its_run_back(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    bulk, engine = queue("bulk"), WrittenEngine()
    queueing.send(bulk)
    GradingRun.objects.filter(pk=bulk.pk).update(sent="2026-01-01T00:00:00Z")
    here = Worker("here", engine, slots=2)
    taken = here.bulk_slot(0)
    taken.__enter__()
    standing_by(monkeypatch, lambda: setattr(here, "leaving", True))
    grade_sent(bulk.pk, here, engine)
    assert (state_of(bulk), bulk.sent, engine.calls) == ("queued", None, 0)
    assert bulk.attempts == 0
    taken.__exit__(None, None, None)


def test_who_stands_by_for_a_run_that_another_worker_graded_is_free_again(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk, engine = queue("bulk"), WrittenEngine()
    here = Worker("here", engine, slots=2)
    taken = here.bulk_slot(0)
    taken.__enter__()
    standing_by(monkeypatch, lambda: GradingRun.objects.filter(pk=bulk.pk).update(state="done"))
    grade_sent(bulk.pk, here, engine)
    assert engine.calls == 0
    taken.__exit__(None, None, None)


def test_places_tell_the_order_in_which_runs_are_graded(queue: Queue) -> None:
    runs = [queue(lane) for lane in ("bulk", "interactive", "bulk", "interactive")]
    told = {run.pk: queueing.place_in_queue(run) for run in runs}
    assert sorted(told.values()) == [1, 2, 3, 4]
    engine = WrittenEngine()
    here = Worker("here", engine)
    # The broker may hand messages out in any order of its own.
    for run in runs:
        if run.lane == "bulk":
            grade_sent(run.pk, here, engine)
    graded = sorted(GradingRun.objects.all(), key=lambda run: run.started or 0)
    assert [told[run.pk] for run in graded] == [1, 2, 3, 4]
