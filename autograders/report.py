"""The report of a grading run: frozen dataclasses and their versioned JSON form."""

from __future__ import annotations

import dataclasses
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from autograders.ladder import Ladder, LadderError

REPORT_VERSION = 1

RunOutcome = Literal["passed", "failed", "broken"]
CheckOutcome = Literal["passed", "failed", "skipped", "broken"]

# One place for the words, so that the help page, the result page and the terminal agree.
OUTCOME_WORDING: dict[str, tuple[str, str]] = {
    "passed": ("Passed", "The check ran and found what it looked for."),
    "failed": ("Failed", "The check ran and found something else; the message says what."),
    "skipped": ("Skipped", "The check could not pass because one it depends on did not."),
    "broken": (
        "Not graded yet",
        "The grader or its machine failed, not the submission: no points or attempts are lost.",
    ),
}

# What is said of a hidden check that a limit ended, in words that a learner's code has no part in.
STOPPED_WORDING = {
    "cpu": "stopped at the CPU limit",
    "wall": "stopped at the time limit",
    "memory": "stopped at the memory limit",
    "output": "stopped at the limit of what it may print",
    "protocol": "stopped because its answer could not be read",
    "died": "its process ended before it answered",
    "scratch": "stopped at the limit for scratch files",
    "run": "not run: the checks before it used all the CPU time that one submission gets",
}

MESSAGE_LIMIT = 4_000
STAFF = "staff"  # what of a check's detail is for those who teach, and never for its learner


def plain_text(text: str) -> str:
    """Text without control and formatting characters, but for line breaks and tabs: safe for a terminal or a log."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")


class ReportError(ValueError):
    """A report read from outside does not have the agreed form; the text names the field."""


@dataclass(frozen=True)
class CheckSpec:
    """What is known of a check before it has run. Points are the check's worth, not a score."""

    name: str
    title: str
    points: float
    hidden: bool = False
    hint: str = ""


@dataclass(frozen=True)
class CheckResult:
    """One check's result; `seconds` is wall time, `detail` what a picture is drawn from."""

    name: str
    title: str
    outcome: CheckOutcome
    points: float
    max_points: float
    hidden: bool = False
    message: str = ""
    hint: str = ""
    seconds: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)

    def for_learner(self) -> CheckResult:
        """What the learner may see: of a hidden check its title, passed or not, and the hint.

        Each further distinguishable word would be a channel out of the hidden tests. Of a visible
        one all but what the detail holds for staff.
        """
        if not self.hidden or self.outcome == "skipped":
            return self._without_staff()
        return dataclasses.replace(self, message="", seconds=0.0, detail={})

    def without_findings(self) -> CheckResult:
        """What may be printed where a learner might stand by: of a hidden check nothing that its code has said.

        The fixed words for a limit are kept: whoever runs the command is told what ended the run.
        """
        if not self.hidden or self.outcome in ("skipped", "broken"):
            return self._without_staff()
        limit = str(self.detail.get("limit", ""))
        kept = {"kind": "stopped", "limit": limit} if limit in STOPPED_WORDING else {}
        return dataclasses.replace(self, message=STOPPED_WORDING.get(limit, ""), detail=kept)

    @property
    def ladder(self) -> Ladder | None:
        """What the learner's next submission is graded with, where this check keeps something and looked.

        Raises ReportError where it cannot be read.
        """
        staff = self.detail.get(STAFF)
        if not isinstance(staff, dict) or "ladder" not in staff:
            return None
        try:
            return Ladder.from_json(staff["ladder"])
        except LadderError as error:
            raise ReportError(f"checks: {self.name!r} has a malformed ladder: {error}") from error

    def _without_staff(self) -> CheckResult:
        if STAFF not in self.detail:
            return self
        return dataclasses.replace(self, detail={key: value for key, value in self.detail.items() if key != STAFF})


@dataclass(frozen=True)
class Report:
    """The whole of one grading run, as `grade --json` prints it.

    `limits`: cpu_s and wall_s (seconds), memory_mb, output_kb. `resources`: cpu_s, wall_s,
    peak_mb of the submission's own processes; `visible_resources` the same of those that served
    visible checks. `message` is empty unless the run as a whole has something to say: why nothing
    was run, or what broke.
    """

    problem: str
    problem_version: str
    outcome: RunOutcome
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]
    limits: dict[str, float]
    environment: dict[str, Any]
    resources: dict[str, float]
    message: str = ""
    output: str = ""
    visible_resources: dict[str, float] = field(default_factory=dict)
    version: int = REPORT_VERSION

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary of JSON types, with the fields in the agreed order."""
        data = dataclasses.asdict(self)
        data["checks"] = [dataclasses.asdict(check) for check in self.checks]
        order = ("version", "problem", "problem_version", "outcome", "score", "max_score", "message")
        return {name: data[name] for name in order} | {k: v for k, v in data.items() if k not in order}

    def for_learner(self) -> Report:
        """What the learner may see: what hidden checks used would tell of their inputs, and so might our faults."""
        return dataclasses.replace(
            self,
            checks=tuple(check.for_learner() for check in self.checks),
            resources=self.visible_resources,
            visible_resources={},
            message="" if self.outcome == "broken" else self.message,
        )

    def ladders(self) -> dict[str, Ladder]:
        """By check, what the learner's next submission is graded with; raises ReportError."""
        found = {check.name: check.ladder for check in self.checks}
        return {name: ladder for name, ladder in found.items() if ladder}

    def without_findings(self) -> Report:
        """The report with nothing in it that the submission's code has said in a hidden check."""
        return dataclasses.replace(self, checks=tuple(check.without_findings() for check in self.checks))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        """Read a report back, strictly; raises ReportError naming the field."""
        if data.get("version") != REPORT_VERSION:
            raise ReportError(f"version: expected {REPORT_VERSION}, found {data.get('version')!r}")
        names = {f.name for f in dataclasses.fields(cls)}
        # Reports of before hidden checks were counted apart do not have this field.
        data = {"visible_resources": {}} | data
        if set(data) != names:
            raise ReportError(f"fields: {sorted(set(data) ^ names)} missing or unknown")
        if data["outcome"] not in get_args(RunOutcome):
            raise ReportError(f"outcome: {data['outcome']!r} is not one of {get_args(RunOutcome)}")
        checks = tuple(check_from_json(item) for item in data["checks"])
        return cls(**{**data, "checks": checks})


def check_from_json(data: dict[str, Any]) -> CheckResult:
    """Read one check's result strictly; raises ReportError naming the field."""
    names = {f.name for f in dataclasses.fields(CheckResult)}
    if not isinstance(data, dict) or set(data) != names:
        raise ReportError("checks: a check has missing or unknown fields")
    if data["outcome"] not in get_args(CheckOutcome):
        raise ReportError(f"checks: {data['name']!r} has outcome {data['outcome']!r}")
    return CheckResult(**data)


# --- events: what grading yields while it runs ------------------------------------------------


@dataclass(frozen=True)
class Collected:
    """The checks that will run, in order: the first event of a run."""

    checks: tuple[CheckSpec, ...]


@dataclass(frozen=True)
class CheckStarted:
    """A check has begun."""

    name: str


@dataclass(frozen=True)
class CheckFinished:
    """A check has ended."""

    check: CheckResult


@dataclass(frozen=True)
class Finished:
    """The last event: the whole report."""

    report: Report


Event = Collected | CheckStarted | CheckFinished | Finished
