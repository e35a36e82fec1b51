"""Sends a sample submission through the whole queue and waits for its report."""

from __future__ import annotations

import secrets
import statistics
import time
from dataclasses import dataclass

from assignments import queueing, submissions
from assignments.models import GradingRun, Problem, Submission
from assignments.versions import problem_of
from autograders.problem import ProblemError
from autograders.report import Report
from autograders.terminal import render_check, render_report
from courseplatform.accounts.models import User
from courseplatform.ops.people import sample_learner

PREFERRED = "kmeans-lloyd"
ASK_EVERY_S = 0.1


class SelfCheckError(Exception):
    """The sample did not come back graded; the text is one sentence that says where to look."""


@dataclass(frozen=True)
class Checked:
    """The sample's report and how long it took from submission to verdict."""

    report: Report
    seconds: float

    @property
    def passed(self) -> bool:
        """The reference solution got full marks, as it must."""
        return self.report.outcome == "passed"

    def render(self) -> str:
        """The report as a table for a terminal."""
        lines = [render_check(check) for check in self.report.checks]
        return "\n".join([*lines, render_report(self.report)])


@dataclass(frozen=True)
class Figures:
    """How quick the site is: one submission after the other, and many at once."""

    median_s: float
    p95_s: float
    per_minute: float

    def render(self) -> str:
        """One line."""
        return (
            f"One after the other: median {self.median_s:.2f} s, p95 {self.p95_s:.2f} s from submission to verdict. "
            f"At once: {self.per_minute:.1f} submissions a minute."
        )


def run_sample(timeout_s: float) -> Checked:
    """Submit a reference solution as any learner would, and wait; raises SelfCheckError."""
    began = time.monotonic()
    report = _wait(_hand_in(sample_learner()), began, timeout_s)
    return Checked(report, time.monotonic() - began)


def measure(count: int, timeout_s: float) -> Figures:
    """Hand in `count` samples one after the other, then as many at once by different learners."""
    seconds = sorted(run_sample(timeout_s).seconds for _ in range(count))
    began = time.monotonic()
    submissions_at_once = [_hand_in(sample_learner(number), f"# {number}\n") for number in range(1, count + 1)]
    for submission in submissions_at_once:
        _wait(submission, began, timeout_s + count * seconds[-1])
    minutes = (time.monotonic() - began) / 60
    return Figures(statistics.median(seconds), seconds[min(count - 1, int(0.95 * count))], count / minutes)


def _hand_in(learner: User, remark: str = "") -> Submission:
    problem = _sample_problem()
    if problem is None or problem.current is None:
        raise SelfCheckError("There is no problem to try: load the content with `manage.py load_content`.")
    Submission.objects.filter(user=learner, runs__state__in=("done", "broken")).delete()
    try:
        return submissions.accept(
            learner,
            problem,
            source=f"{problem_of(problem.current).text('reference.py')}{remark}",
            upload=None,
            kind=Submission.Kind.GRADED,
            request_key=secrets.token_hex(16),
        )
    except (submissions.Rejected, ProblemError, OSError) as error:
        raise SelfCheckError(f"The sample could not be handed in: {error}") from None


def _sample_problem() -> Problem | None:
    found = Problem.objects.filter(current__isnull=False, is_open=True).select_related("current")
    return found.filter(slug=PREFERRED).first() or found.filter(current__meta__environment="numpy").first()


def _wait(submission: Submission, began: float, timeout_s: float) -> Report:
    while True:
        run = GradingRun.objects.get(submission=submission)
        if run.state == GradingRun.State.DONE and run.report is not None:
            return Report.from_json(run.report)
        if run.is_over:
            fault = run.faults.first()
            raise SelfCheckError(f"The sample could not be graded: {fault.text if fault else 'no fault was noted'}")
        if time.monotonic() - began > timeout_s:
            raise SelfCheckError(_why(run, timeout_s))
        time.sleep(ASK_EVERY_S)


def _why(run: GradingRun, timeout_s: float) -> str:
    fault = run.faults.first()
    if fault is not None:
        return f"The sample was not graded within {timeout_s:g} s; the last fault: {fault.text}"
    if not queueing.queue_overview().workers:
        return f"No worker took the sample within {timeout_s:g} s: start one, or read its log."
    return f"The sample was still {run.state} after {timeout_s:g} s: read the worker's log."
