"""What the pages show of a submission, worked out once: state, score, checks, the sentence above them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assignments import access, queueing
from assignments.access import CheckView
from assignments.attempts import attempt_of
from assignments.models import GradingRun, ScoreOverride, Submission
from assignments.wording import BROKEN_SENTENCE
from courseplatform.accounts.models import User

# As many checks as are seen without scrolling.
GLANCE = 5


@dataclass(frozen=True)
class Usage:
    """A resource: what was used, and of how much."""

    label: str
    used: str
    allowed: str = ""
    value: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Progress:
    """Where a submission stands, ready to be laid out."""

    run: GradingRun
    state: str
    sentence: str
    score: float | None
    graded_score: float | None
    so_far: float
    max_score: float
    checks: tuple[CheckView, ...]
    override: ScoreOverride | None
    message: str = ""
    output: str = ""
    report: dict[str, Any] | None = None

    @property
    def is_final(self) -> bool:
        """Nothing more is expected to change."""
        return self.run.is_over

    @property
    def missed(self) -> list[CheckView]:
        """The failed checks of a finished run, where they are too many to be found at a glance."""
        if not self.is_final or len(self.checks) <= GLANCE:
            return []
        return [check for check in self.checks if check.outcome == "failed"]

    @property
    def token(self) -> str:
        """Changes whenever the page would look different, so that an unchanged one is not sent again."""
        facts = [self.state, self.sentence, [(check.name, check.outcome) for check in self.checks]]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]

    @property
    def took(self) -> float | None:
        """Seconds from the start of grading to its end."""
        started, finished = self.run.started, self.run.finished
        return (finished - started).total_seconds() if started and finished else None

    @property
    def usage(self) -> list[Usage]:
        """What the run used of what it was allowed."""
        if self.report is None:
            return []
        # Of hidden checks not even what they used is shown: a solution could say with it what it was asked.
        used = self.report.get("visible_resources") or self.report.get("resources", {})
        limits = self.report.get("limits", {})
        rows = [
            # Times add up over the checks while their limit holds for each, so no bar is drawn for them.
            Usage("Processor time", _amount(used.get("cpu_s"), "s")),
            Usage("Wall-clock time", _amount(used.get("wall_s"), "s")),
            Usage(
                "Peak memory",
                _amount(used.get("peak_mb"), "MB"),
                _amount(limits.get("memory_mb"), "MB"),
                used.get("peak_mb"),
                limits.get("memory_mb"),
            ),
        ]
        return [row for row in rows if row.used]

    @property
    def environment(self) -> list[tuple[str, str]]:
        """What the code ran on, as short lines."""
        facts = (self.report or {}).get("environment", {})
        packages = ", ".join(f"{name} {version}" for name, version in (facts.get("packages") or {}).items())
        cores = facts.get("cores")
        lines = [
            ("Python", facts.get("python")),
            ("Packages", packages),
            ("Processor", f"{facts.get('cpu') or ''}, {cores} cores" if cores else facts.get("cpu")),
            ("Sandbox", (facts.get("sandbox") or {}).get("placement")),
        ]
        return [(name, str(value)) for name, value in lines if value]


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:.0f} {unit}" if value >= 100 or value == int(value) else f"{value:.2g} {unit}"


def progress_of(user: User, submission: Submission) -> Progress:
    """All that the submission's page shows of its run to this person."""
    attempt = attempt_of(submission)
    run = attempt.run
    assert run is not None, "accept() makes the run with the submission"
    checks = tuple(access.visible_checks(user, submission))
    report = run.report if run.state == GradingRun.State.DONE else None
    # What a submission printed while it met hidden inputs may be those inputs.
    may_read_output = submission.kind == Submission.Kind.TRIAL or access.may_see_hidden(user, submission)
    return Progress(
        run=run,
        state=attempt.state,
        sentence=sentence(run, attempt.state, checks),
        score=attempt.score,
        graded_score=attempt.graded_score,
        so_far=sum(check.points for check in checks),
        max_score=attempt.max_score,
        checks=checks,
        override=attempt.override,
        message=run.message if attempt.state != "broken" else "",
        output=str((report or {}).get("output", "")) if may_read_output else "",
        report=report,
    )


def sentence(run: GradingRun, state: str, checks: Sequence[CheckView]) -> str:
    """Where the run stands, in words; also what a screen reader is told."""
    passed, over, whole = (
        sum(check.outcome == "passed" for check in checks),
        sum(check.is_over for check in checks),
        len(checks),
    )
    if state == GradingRun.State.QUEUED:
        before = queueing.place_in_queue(run) - 1
        if run.attempts:
            return "In the queue again: the machine that graded it stopped. Nothing is lost."
        return "In the queue: yours is next." if before < 1 else f"In the queue: {before} before yours."
    if state == GradingRun.State.GRADING:
        return f"Being graded: {over} of {whole} checks done." if over else "Being graded: the sandbox is starting."
    if state == "broken":
        return BROKEN_SENTENCE
    if state == "passed":
        return f"All {whole} checks passed." if whole > 1 else "The check passed."
    return f"{passed} of {whole} checks passed."


def overrides_of(run: GradingRun) -> list[ScoreOverride]:
    """Every override of a run, the oldest first."""
    return list(run.overrides.select_related("by"))
