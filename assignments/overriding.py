"""Scores set by hand: added one after the other with a reason, never changed."""

from __future__ import annotations

import math

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assignments import access
from assignments.models import GradingRun, ScoreOverride, Submission
from courseplatform.accounts.models import User

REASON_LIMIT = 2_000


class OverrideError(ValueError):
    """A score cannot be set so; `field` names what is wrong with it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


def override(by: User, submission: Submission, score: float, reason: str) -> ScoreOverride:
    """Set the score that counts; raises OverrideError, or PermissionDenied for one who may not."""
    run = _run(by, submission)
    reason = reason.strip()
    if not math.isfinite(score) or not 0 <= score <= run.max_score:
        raise OverrideError("score", f"Give a score between 0 and {run.max_score:g}.")
    if not reason:
        raise OverrideError("reason", "Say why: the learner reads it beside the score.")
    return _add(run, by, score, reason)


def undo_override(by: User, submission: Submission, reason: str = "") -> ScoreOverride | None:
    """Go back to the graded score; None when it counts already."""
    run = _run(by, submission)
    latest = run.overrides.last()
    if latest is None or latest.score is None:
        return None
    return _add(run, by, None, reason.strip())


def _run(by: User, submission: Submission) -> GradingRun:
    if not access.can_override(by, submission):
        raise PermissionDenied
    run = submission.run
    if run is None:
        raise OverrideError("score", "This submission has no run whose score could be set.")
    return run


def _add(run: GradingRun, by: User, score: float | None, reason: str) -> ScoreOverride:
    if len(reason) > REASON_LIMIT:
        raise OverrideError("reason", f"Write at most {REASON_LIMIT} characters.")
    with transaction.atomic():
        # Two forms sent at once are added one after the other, the same score once.
        GradingRun.objects.select_for_update().get(pk=run.pk)
        latest = run.overrides.last()
        if latest is not None and (latest.score, latest.reason, latest.by_id) == (score, reason, by.pk):
            return latest
        return ScoreOverride.objects.create(run=run, score=score, reason=reason, by=by)
