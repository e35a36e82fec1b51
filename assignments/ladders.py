"""What a learner's submissions leave at checks on hidden data: read before a run, kept with its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from assignments.models import HoldoutLadder, Submission
from autograders.ladder import Ladder

LONGEST_NAME = 200  # as the database keeps the names of checks


class Outdated(Exception):
    """Another run of the same learner was recorded meanwhile: this one has to be graded with what that left."""


@dataclass(frozen=True)
class Remembered:
    """What was known when a run began: the ladders by check, and which revision of each was read."""

    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    revisions: Mapping[str, int] = field(default_factory=dict)


def remembered(submission: Submission) -> Remembered:
    """What this learner's earlier submissions to the problem have left; raises LadderError."""
    rows = list(HoldoutLadder.objects.filter(user=submission.user_id, problem=submission.problem_id))
    return Remembered(
        {row.check_name: Ladder.from_json(row.state) for row in rows}, {row.check_name: row.revision for row in rows}
    )


def keep(submission: Submission, left: Mapping[str, Ladder], known: Remembered) -> None:
    """Keep what a run has left, inside the transaction that records it; raises Outdated and keeps nothing then.

    Compare and set: a row is written only where it is still as the run has read it. So no look is
    lost, and none is taken beside the budget by handing in several times at once.
    """
    for name, ladder in sorted((name[:LONGEST_NAME], ladder) for name, ladder in left.items()):
        values = {"queries": ladder.queries, "state": ladder.to_json(), "updated": timezone.now()}
        of_check = {"user_id": submission.user_id, "problem_id": submission.problem_id, "check_name": name}
        if name not in known.revisions:
            _add(of_check | values)
            continue
        row = HoldoutLadder.objects.filter(**of_check, revision=known.revisions[name])
        if row.update(revision=F("revision") + 1, **values) != 1:
            raise Outdated(name)


def _add(values: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            HoldoutLadder.objects.create(**values)
    except IntegrityError as error:
        raise Outdated(str(values["check_name"])) from error
