"""Submissions with their scores: what history, catalogue and teaching pages list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from assignments import scoring
from assignments.models import GradingRun, Problem, ScoreOverride, Submission
from courseplatform.accounts.models import User


@dataclass(frozen=True)
class Attempt:
    """A submission, the run that counts and its score. `state` is the outcome once there is one."""

    submission: Submission
    run: GradingRun | None
    state: str
    score: float | None
    graded_score: float | None
    max_score: float
    override: ScoreOverride | None

    @property
    def overridden(self) -> bool:
        """The score was set by hand."""
        return self.override is not None


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with a problem."""

    state: scoring.State
    best: Attempt | None
    attempts: int


UNTOUCHED = Standing("untouched", None, 0)


def with_runs(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """The same submissions with what `attempt_of` reads, in a fixed number of queries."""
    runs = GradingRun.objects.defer("report").prefetch_related(
        Prefetch("overrides", queryset=ScoreOverride.objects.select_related("by"))
    )
    return submissions.select_related("user", "problem", "version__problem").prefetch_related(
        Prefetch("runs", queryset=runs)
    )


def attempt_of(submission: Submission) -> Attempt:
    """The submission's run and score."""
    run = submission.run
    if run is None:
        return Attempt(submission, None, "queued", None, None, 0.0, None)
    overrides = list(run.overrides.all())
    latest = overrides[-1] if overrides and overrides[-1].score is not None else None
    return Attempt(
        submission=submission,
        run=run,
        state=run.outcome if run.state == GradingRun.State.DONE else run.state,
        score=scoring.final_score(run.score, overrides),
        graded_score=run.score,
        max_score=run.max_score,
        override=latest,
    )


def attempts_of(user: User, problem: Problem) -> list[Attempt]:
    """A learner's graded submissions to a problem, newest first. Trials never count."""
    found = Submission.objects.filter(user=user, problem=problem, kind=Submission.Kind.GRADED)
    return [attempt_of(submission) for submission in with_runs(found).order_by("-created")]


def standing_of(user: User, problem: Problem) -> Standing:
    """Where the learner stands with one problem."""
    return _standing(attempts_of(user, problem))


def standings(user: User) -> dict[int, Standing]:
    """Where the learner stands with each problem they tried, by the problem's id."""
    found = with_runs(Submission.objects.filter(user=user, kind=Submission.Kind.GRADED).defer("files"))
    by_problem: dict[int, list[Attempt]] = defaultdict(list)
    for submission in found.order_by("-created"):
        by_problem[submission.problem_id].append(attempt_of(submission))
    return {problem_id: _standing(attempts) for problem_id, attempts in by_problem.items()}


def _standing(attempts: Iterable[Attempt]) -> Standing:
    listed = list(attempts)
    return Standing(scoring.state_of(listed), scoring.best(listed), len(listed))
