"""Places in the queue, and what the operations page tells."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from assignments import queueing
from assignments.models import Fault, GradingRun, Problem, WorkerSeen
from courseplatform.accounts.models import User
from tests.assignments.support import SOLUTION, hand_in, run_of


def queued(user: User, problem: Problem, count: int) -> list[GradingRun]:
    return [run_of(hand_in(user, problem, source=f"{SOLUTION}# {n}\n")) for n in range(count)]


def test_places_follow_the_order_of_arrival(bob: User, problem: Problem) -> None:
    runs = queued(bob, problem, 3)
    assert [queueing.place_in_queue(run) for run in runs] == [1, 2, 3]
    GradingRun.objects.filter(pk=runs[0].pk).update(state="grading")
    assert queueing.place_in_queue(run_of(runs[0].submission)) == 0
    assert queueing.place_in_queue(runs[2]) == 2


def test_nobody_in_particular_waits_for_everybody(bob: User, problem: Problem) -> None:
    runs = queued(bob, problem, 3)
    GradingRun.objects.filter(pk=runs[0].pk).update(lane="bulk")
    assert queueing.place_in_queue(run_of(runs[0].submission)) == 3
    assert queueing.place_in_queue(runs[1]) == 1


def test_the_overview_counts_what_is_there(bob: User, problem: Problem) -> None:
    runs = queued(bob, problem, 4)
    now = timezone.now()
    GradingRun.objects.filter(pk=runs[0].pk).update(state="grading")
    GradingRun.objects.filter(pk=runs[1].pk).update(state="done", finished=now)
    GradingRun.objects.filter(pk=runs[2].pk).update(queued=now - timedelta(minutes=2))
    WorkerSeen.objects.create(name="here", host="here")
    WorkerSeen.objects.create(name="gone", host="gone", seen=now - timedelta(hours=1))
    Fault.objects.create(kind="sandbox", text="no room")
    overview = queueing.queue_overview()
    assert (overview.queued, overview.grading, overview.broken, overview.runs_last_hour) == (2, 1, 0, 1)
    assert 119 < overview.oldest_wait_s < 180
    assert [worker.name for worker in overview.workers] == ["here"]
    assert [fault.text for fault in overview.recent_faults] == ["no room"]


def test_an_empty_queue_has_no_oldest_wait(db: None) -> None:
    assert queueing.queue_overview().oldest_wait_s == 0


def test_the_rest_after_a_fault_doubles_and_is_bounded(settings: object) -> None:
    settings.GRADING_BACKOFF_SECONDS = 5  # type: ignore[attr-defined]
    assert [queueing.backoff(n).total_seconds() for n in (1, 2, 3, 20)] == [5, 10, 20, 300]


def test_the_command_puts_broken_runs_back(bob: User, problem: Problem) -> None:
    one, two, _ = queued(bob, problem, 3)
    GradingRun.objects.filter(pk__in=(one.pk, two.pk)).update(state="broken", attempts=4)
    call_command("requeue", str(one.submission_id))
    assert [run_of(run.submission).state for run in (one, two)] == ["queued", "broken"]
    call_command("requeue", "--all")
    assert GradingRun.objects.filter(state="queued").count() == 3
