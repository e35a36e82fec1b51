"""Who may see what: the only place that knows. What a person may not see does not exist for them (404)."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from assignments import attempts, scoring
from assignments.models import CheckRecord, GradingRun, Problem, Submission
from autograders.report import STAFF, CheckResult, check_from_json
from courseplatform.accounts.models import Cohort, User

MOST_OVER_TIME = 60  # submissions that are drawn beside one
Visitor = User | AnonymousUser


@dataclass(frozen=True)
class CheckView:
    """One check as a page may show it. Before it is over, `outcome` is waiting or running."""

    name: str
    title: str
    outcome: str
    points: float
    max_points: float
    hidden: bool
    message: str
    hint: str
    seconds: float
    detail: dict[str, Any]

    @property
    def is_over(self) -> bool:
        """The check has a result."""
        return self.outcome not in ("waiting", "running")


def teaches(user: Visitor) -> bool:
    """May open the teaching pages."""
    return isinstance(user, User) and user.is_active and user.teaches


def problems_for(user: Visitor) -> QuerySet[Problem]:
    """The problems of the catalogue, in its order; closed ones only for those who teach."""
    found = Problem.objects.filter(current__isnull=False).select_related("chapter", "current")
    return found if teaches(user) else found.filter(is_open=True)


def get_problem_for(user: Visitor, slug: str) -> Problem:
    """The problem, or Http404."""
    problem = problems_for(user).filter(slug=slug).first()
    if problem is None:
        raise Http404("no such problem")
    return problem


def _seen_by(user: User) -> Q:
    """Which submissions a person may open: their own, and those of the cohorts they teach."""
    if user.is_superuser:
        return Q()
    own = Q(user=user)
    if user.is_instructor:
        return own | Q(user__in=User.objects.filter(cohorts__instructors=user))
    return own


def get_submission_for(user: Visitor, id: uuid.UUID | str) -> Submission:
    """The submission for its owner, an instructor of the owner, or an administrator; else Http404."""
    if not isinstance(user, User):
        raise Http404("no such submission")
    try:
        key = uuid.UUID(str(id))
    except ValueError:
        raise Http404("no such submission") from None
    found = attempts.with_runs(Submission.objects.filter(_seen_by(user), pk=key)).first()
    if found is None:
        raise Http404("no such submission")
    return found


def submissions_for(user: User, problem: Problem) -> QuerySet[Submission]:
    """A learner's own graded submissions to a problem, newest first."""
    own = Submission.objects.filter(user=user, problem=problem, kind=Submission.Kind.GRADED)
    return attempts.with_runs(own).order_by("-created")


def cohort_submissions_for(user: User, cohort: Cohort | None = None) -> QuerySet[Submission]:
    """The graded submissions of the learners a person teaches, newest first; an administrator's are all."""
    if not teaches(user):
        return Submission.objects.none()
    found = Submission.objects.filter(kind=Submission.Kind.GRADED)
    if not user.is_superuser:
        found = found.filter(user__in=User.objects.filter(cohorts__instructors=user))
    if cohort is not None:
        found = found.filter(user__in=cohort.members.all())
    return attempts.with_runs(found).order_by("-created")


def taught_cohorts(user: User) -> QuerySet[Cohort]:
    """The cohorts whose submissions a person may see."""
    return Cohort.objects.all() if user.is_superuser else Cohort.objects.filter(instructors=user)


def _teaches_owner(user: Visitor, submission: Submission) -> bool:
    if not isinstance(user, User):
        return False
    if user.is_superuser:
        return True
    return user.is_instructor and submission.user.cohorts.filter(instructors=user).exists()


def can_override(user: Visitor, submission: Submission) -> bool:
    """May set this submission's score by hand. Trials have no score that counts."""
    return submission.kind == Submission.Kind.GRADED and _teaches_owner(user, submission)


def may_see_hidden(user: Visitor, submission: Submission) -> bool:
    """May see what hidden checks found in this submission."""
    return _teaches_owner(user, submission)


def may_see_editorial(user: Visitor, problem: Problem) -> bool:
    """The explained solution is for those who solved the problem, and those who teach."""
    if teaches(user):
        return True
    return isinstance(user, User) and attempts.standing_of(user, problem).state == "solved"


def may_operate(user: Visitor) -> bool:
    """May see the queue, the workers and the faults, and put runs back."""
    return isinstance(user, User) and user.is_active and user.is_superuser


def visible_checks(user: Visitor, submission: Submission) -> list[CheckView]:
    """The checks of the run that counts as this person may see them, those still to come included."""
    run = submission.run
    if run is None:
        return []
    everything = may_see_hidden(user, submission)
    records = {record.name: record for record in run.checks.all()}
    views = [_view(run, spec, records.pop(spec["name"], None), everything) for spec in run.checks_expected]
    return views + [_finished(record, everything) for record in sorted(records.values(), key=lambda r: r.position)]


def _view(run: GradingRun, spec: dict[str, Any], record: CheckRecord | None, everything: bool) -> CheckView:
    grading = run.state == GradingRun.State.GRADING
    # How long a hidden check takes is something that a solution could say: their ends are shown together. And a look
    # at hidden data is told only with the verdict that counts it: a run that is graded again must not tell it free.
    looked = record is not None and STAFF in record.detail
    secret = grading and (spec["hidden"] or looked) and not everything
    if record is not None and not secret:
        return _finished(record, everything)
    running = grading and run.running_check == spec["name"] and not secret
    return CheckView(
        name=spec["name"],
        title=spec["title"],
        outcome="running" if running else "waiting",
        points=0.0,
        max_points=spec["points"],
        hidden=spec["hidden"],
        message="",
        hint="",
        seconds=0.0,
        detail={},
    )


def _finished(record: CheckRecord, everything: bool) -> CheckView:
    names = ("name", "title", "outcome", "points", "max_points", "hidden", "message", "hint", "seconds", "detail")
    result: CheckResult = check_from_json({name: getattr(record, name) for name in names})
    shown = _for_staff(record, result) if everything else _for_learner(result)
    return CheckView(**{name: getattr(shown, name) for name in names})


def _for_staff(record: CheckRecord, result: CheckResult) -> CheckResult:
    """All that was found; at a check on hidden data with what the learner's other submissions found there."""
    staff = result.detail.get(STAFF)
    if not isinstance(staff, dict):
        return result
    submission = record.run.submission
    others = CheckRecord.objects.filter(
        run__submission__user=submission.user_id,
        run__submission__problem=submission.problem_id,
        run__state=GradingRun.State.DONE,
        name=record.name,
    )
    details = others.order_by("-run__finished", "-pk").values_list("run_id", "detail")[:MOST_OVER_TIME]
    over = [found[STAFF] | {"this": run == record.run_id} for run, found in details if STAFF in found]
    return dataclasses.replace(result, detail=result.detail | {STAFF: staff | {"over": over[::-1]}})


def _for_learner(result: CheckResult) -> CheckResult:
    """What the engine lets a learner see; of a fault of ours nothing, since it may quote hidden inputs."""
    if result.outcome == "broken":
        return dataclasses.replace(result, message="", detail={})
    return result.for_learner()


def state_for(user: User, problem: Problem) -> scoring.State:
    """Where a learner stands with a problem."""
    return attempts.standing_of(user, problem).state
