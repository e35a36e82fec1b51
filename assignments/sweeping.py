"""Puts back what a dead worker held, and sends again what a lost broker forgot."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assignments import queueing
from assignments.grading import released
from assignments.models import CheckRecord, Fault, GradingRun, WorkerSeen

log = logging.getLogger(__name__)

State = GradingRun.State
# A run made a moment ago has its message on the way: whoever accepted it sends it.
JUST_MADE = timedelta(seconds=2)
SENT_AT_ONCE = 200
FORGOTTEN_WORKER = timedelta(days=1)


@dataclass(frozen=True)
class Swept:
    """What a sweep did."""

    returned: int
    sent: int


def sweep() -> Swept:
    """One round. Running it twice at once, or on several hosts, is harmless."""
    now = timezone.now()
    returned = sum(_return(run) for run in GradingRun.objects.filter(state=State.GRADING, lease_until__lt=now))
    sent = sum(_send_forgotten(lane, now) for lane in GradingRun.Lane.values)
    WorkerSeen.objects.filter(seen__lt=now - FORGOTTEN_WORKER).delete()
    if returned or sent:
        log.info("sweep: %s put back, %s sent again", returned, sent)
    return Swept(returned, sent)


@transaction.atomic
def _return(run: GradingRun) -> bool:
    values = released(run.attempts, rest=False)
    held = GradingRun.objects.filter(
        pk=run.pk, state=State.GRADING, claim_token=run.claim_token, lease_until__lt=timezone.now()
    )
    if not held.update(**values):
        return False
    CheckRecord.objects.filter(run=run).delete()
    often = ", given up" if values["state"] == State.BROKEN else ""
    text = f"The worker fell silent while it graded this run (attempt {run.attempts}{often})."
    Fault.objects.create(run=run, worker=run.worker, kind="worker lost", text=text)
    return True


def _send_forgotten(lane: str, now: datetime) -> int:
    due = GradingRun.objects.filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now), state=State.QUEUED, lane=lane
    ).order_by("queued", "pk")
    unsent = Q(sent__isnull=True, queued__lt=now - JUST_MADE)
    stale = Q(sent__lt=now - timedelta(seconds=settings.GRADING_RESEND_SECONDS))
    forgotten = list(due.filter(unsent)[:SENT_AT_ONCE])
    # Runs that wait their turn have a message in the broker; without this look at it, a long queue
    # would be sent again and again.
    if due.filter(stale).exists() and queueing.is_overdue(lane, due.filter(sent__isnull=False).count()):
        forgotten += list(due.filter(stale)[:SENT_AT_ONCE])
    sent = 0
    for run in forgotten:
        if not queueing.send(run):
            break
        sent += 1
    return sent
