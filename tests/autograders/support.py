"""What several engine tests need: the tiny problems, and a submission graded in one line."""

from __future__ import annotations

from pathlib import Path

from autograders.engine import grade
from autograders.problem import Problem, load_problem
from autograders.report import CheckResult, Finished, Report
from autograders.sandbox import Sandbox
from autograders.submission import Submission

DATA = Path(__file__).parent.parent / "data"
PROBLEMS = DATA / "problems"


def tiny(name: str) -> Problem:
    """One of the problems in tests/data."""
    return load_problem(PROBLEMS / name)


def report_of(
    problem: Problem, submission: Submission | str, sandbox: Sandbox, *, visible_only: bool = False, secret: bytes = b""
) -> Report:
    """Grade and give the report; the events before it are not looked at."""
    if isinstance(submission, str):
        submission = Submission.from_source(submission)
    last = list(grade(problem, submission, sandbox, visible_only=visible_only, secret=secret))[-1]
    assert isinstance(last, Finished)
    return last.report


def by_name(report: Report) -> dict[str, CheckResult]:
    """The checks of a report by name."""
    return {check.name: check for check in report.checks}


def reference_of(problem: Problem) -> str:
    """The source of a problem's reference."""
    return problem.text("reference.py")
