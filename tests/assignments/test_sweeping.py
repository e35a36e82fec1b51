"""The sweeper: what a dead worker held comes back, what a broker forgot is sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import Settings

from assignments import queueing
from assignments.grading import claim_run
from assignments.models import Fault, GradingRun, Problem, WorkerSeen
from assignments.sweeping import sweep
from courseplatform.accounts.models import User
from courseplatform.celery import app
from tests.assignments.support import SOLUTION, hand_in, run_of


class FakeBroker:
    """Counts messages by lane, and forgets them when told to."""

    def __init__(self) -> None:
        self.messages: list[int] = []
        self.away = False

    def send_task(self, name: str, args: list[int], queue: str, retry: bool) -> None:
        if self.away:
            raise OperationalError("away")
        self.messages += args


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> FakeBroker:
    made = FakeBroker()

    def count(lane: str) -> int:
        if made.away:
            raise OperationalError("away")
        return len(made.messages)

    monkeypatch.setattr(app, "send_task", made.send_task)
    monkeypatch.setattr(queueing, "message_count", count)
    return made


@pytest.fixture
def queued(bob: User, problem: Problem) -> Callable[..., list[GradingRun]]:
    def make(count: int, **columns: object) -> list[GradingRun]:
        runs = [run_of(hand_in(bob, problem, source=f"{SOLUTION}# {n}\n")) for n in range(count)]
        GradingRun.objects.update(queued=timezone.now() - timedelta(minutes=5), **columns)
        return runs

    return make


def ago(seconds: float) -> object:
    return timezone.now() - timedelta(seconds=seconds)


def test_what_a_dead_worker_held_is_queued_again_and_noted(
    queued: Callable[..., list[GradingRun]], broker: FakeBroker
) -> None:
    (run,) = queued(1)
    assert claim_run(run.pk, "doomed") is not None
    assert sweep().returned == 0
    GradingRun.objects.update(lease_until=ago(1))
    assert sweep().returned == 1
    run.refresh_from_db()
    assert (run.state, run.claim_token, run.attempts) == ("queued", None, 1)
    assert broker.messages == [run.pk]
    assert (Fault.objects.get().kind, Fault.objects.get().worker) == ("worker lost", "doomed")
    assert sweep().returned == 0


def test_a_run_that_outlives_every_worker_is_set_aside(
    queued: Callable[..., list[GradingRun]], broker: FakeBroker, settings: Settings
) -> None:
    settings.GRADING_MAX_ATTEMPTS = 2
    (run,) = queued(1)
    for _ in range(2):
        claim_run(run.pk, "doomed")
        GradingRun.objects.update(lease_until=ago(1))
        sweep()
    run.refresh_from_db()
    assert (run.state, run.score) == ("broken", None)
    assert queueing.requeue(run)
    assert (run.state, run.attempts, run.lane) == ("queued", 0, "bulk")
    assert not queueing.requeue(run)


def test_a_run_whose_message_never_left_is_sent(queued: Callable[..., list[GradingRun]], broker: FakeBroker) -> None:
    (run,) = queued(1, sent=None)
    assert sweep().sent == 1
    assert sweep().sent == 0
    assert broker.messages == [run.pk]


def test_an_emptied_broker_is_told_again(queued: Callable[..., list[GradingRun]], broker: FakeBroker) -> None:
    runs = queued(3, sent=ago(60))
    assert sweep().sent == 3
    assert sorted(broker.messages) == sorted(run.pk for run in runs)


def test_a_long_queue_is_not_sent_again_and_again(queued: Callable[..., list[GradingRun]], broker: FakeBroker) -> None:
    runs = queued(3, sent=ago(60))
    broker.messages = [run.pk for run in runs]
    assert sweep().sent == 0


def test_a_run_that_rests_is_left_alone_until_its_time(
    queued: Callable[..., list[GradingRun]], broker: FakeBroker
) -> None:
    queued(1, sent=None, not_before=timezone.now() + timedelta(minutes=1))
    assert sweep().sent == 0
    GradingRun.objects.update(not_before=ago(1))
    assert sweep().sent == 1


def test_a_broker_that_is_away_stops_no_sweep(queued: Callable[..., list[GradingRun]], broker: FakeBroker) -> None:
    broker.away = True
    runs = queued(2, sent=ago(60))
    claim_run(runs[0].pk, "doomed")
    GradingRun.objects.filter(pk=runs[0].pk).update(lease_until=ago(1))
    swept = sweep()
    assert (swept.returned, swept.sent) == (1, 0)


def test_workers_long_gone_are_forgotten(db: None, broker: FakeBroker) -> None:
    WorkerSeen.objects.create(name="old", host="old", seen=timezone.now() - timedelta(days=2))
    WorkerSeen.objects.create(name="new", host="new")
    sweep()
    assert [worker.name for worker in WorkerSeen.objects.all()] == ["new"]
