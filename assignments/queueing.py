"""The queue: rows of the database, of which messages to the broker are only reminders."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from assignments.models import Fault, GradingRun, WorkerSeen
from courseplatform.celery import app

log = logging.getLogger(__name__)

GRADE_TASK = "assignments.tasks.grade"
RECENT_FAULTS = 50
# A worker that has not been heard of for so long is forgotten on the operations page.
WORKER_GONE = timedelta(minutes=5)


@dataclass(frozen=True)
class QueueOverview:
    """The queue, its workers and what went wrong lately, for the operations page."""

    queued: int
    grading: int
    broken: int
    oldest_wait_s: float
    workers: list[WorkerSeen]
    recent_faults: list[Fault]
    runs_last_hour: int


def send(run: GradingRun) -> bool:
    """Tell the workers of a queued run. A broker that is away costs time only: the sweeper sends again."""
    try:
        app.send_task(GRADE_TASK, args=[run.pk], queue=run.lane, retry=False)
    except OperationalError as error:
        log.warning("run %s waits for the sweeper, the broker is away: %s", run.pk, error)
        return False
    GradingRun.objects.filter(pk=run.pk, state=GradingRun.State.QUEUED).update(sent=timezone.now())
    return True


def place_in_queue(run: GradingRun) -> int:
    """1 for the run that is graded next, 0 for one that does not wait."""
    if run.state != GradingRun.State.QUEUED:
        return 0
    waiting = GradingRun.objects.filter(state=GradingRun.State.QUEUED)
    earlier = Q(lane=run.lane, queued__lt=run.queued) | Q(lane=run.lane, queued=run.queued, pk__lt=run.pk)
    if run.lane == GradingRun.Lane.BULK:
        earlier |= Q(lane=GradingRun.Lane.INTERACTIVE)
    return waiting.filter(earlier).count() + 1


def next_interactive() -> int | None:
    """The run that somebody waits for and that is graded next; None where nobody waits."""
    due = Q(not_before__isnull=True) | Q(not_before__lte=timezone.now())
    waiting = GradingRun.objects.filter(due, state=GradingRun.State.QUEUED, lane=GradingRun.Lane.INTERACTIVE)
    return waiting.order_by("queued", "pk").values_list("pk", flat=True).first()


def is_bulk(run_id: int) -> bool:
    """A run that waits, and for which nobody does."""
    waiting = GradingRun.objects.filter(pk=run_id, state=GradingRun.State.QUEUED)
    return waiting.filter(lane=GradingRun.Lane.BULK).exists()


def put_back(run_id: int) -> None:
    """Its message is used up and nobody has graded it: let the sweeper send another."""
    GradingRun.objects.filter(pk=run_id, state=GradingRun.State.QUEUED).update(sent=None)


def queue_overview() -> QueueOverview:
    """What the operations page shows."""
    now = timezone.now()
    queued = GradingRun.objects.filter(state=GradingRun.State.QUEUED)
    oldest = queued.aggregate(oldest=Min("queued"))["oldest"]
    return QueueOverview(
        queued=queued.count(),
        grading=GradingRun.objects.filter(state=GradingRun.State.GRADING).count(),
        broken=GradingRun.objects.filter(state=GradingRun.State.BROKEN).count(),
        oldest_wait_s=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        workers=list(WorkerSeen.objects.filter(seen__gte=now - WORKER_GONE).select_related("busy_with")),
        recent_faults=list(Fault.objects.select_related("run")[:RECENT_FAULTS]),
        runs_last_hour=GradingRun.objects.filter(
            state=GradingRun.State.DONE, finished__gte=now - timedelta(hours=1)
        ).count(),
    )


def requeue(run: GradingRun) -> bool:
    """Put a run that broke back in the queue with all its attempts; False when it is not broken."""
    moved = GradingRun.objects.filter(pk=run.pk, state=GradingRun.State.BROKEN).update(
        state=GradingRun.State.QUEUED,
        lane=GradingRun.Lane.BULK,
        attempts=0,
        queued=timezone.now(),
        sent=None,
        not_before=None,
        finished=None,
        message="",
    )
    if moved:
        run.refresh_from_db()
        transaction.on_commit(lambda: send(run))
    return bool(moved)


def message_count(lane: str) -> int:
    """How many messages the broker holds for a lane; raises kombu's OperationalError when it is away."""
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)
        with connection.channel() as channel:
            return int(channel._size(lane))  # type: ignore[attr-defined]


def is_overdue(lane: str, waiting: int) -> bool:
    """The broker holds fewer messages for a lane than runs wait in it: some were forgotten."""
    try:
        return message_count(lane) < waiting
    except OperationalError:
        return False


def backoff(attempts: int) -> timedelta:
    """How long a run rests after a fault of ours: doubling, five minutes at most."""
    return timedelta(seconds=min(300.0, settings.GRADING_BACKOFF_SECONDS * 2 ** max(0, attempts - 1)))
