"""Stand-ins for what needs a sandbox: an engine whose events a test writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from assignments.models import GradingRun, Problem, Submission
from assignments.submissions import accept
from assignments.worker import Worker
from autograders.ladder import Ladder
from autograders.lanes import Priority
from autograders.problem import Problem as ProblemFolder
from autograders.report import (
    CheckFinished,
    CheckOutcome,
    CheckResult,
    CheckStarted,
    Collected,
    Event,
    Finished,
    Report,
    RunOutcome,
)
from autograders.submission import Submission as Files
from courseplatform.accounts.models import User

SOLUTION = """
def total(values):
    return sum(values)

def scale(values, factor):
    return values * factor

class Counter:
    pass

def countdown(n):
    yield from range(n, 0, -1)
"""


def hand_in(user: User, problem: Problem, *, source: str = SOLUTION, kind: str = "graded", key: str = "") -> Submission:
    """What a learner does by pressing Submit."""
    return accept(user, problem, source=source, upload=None, kind=kind, request_key=key)


def run_of(submission: Submission) -> GradingRun:
    """The submission's run as the database has it now."""
    return GradingRun.objects.get(submission=submission)


class WrittenEngine:
    """Grades as the test says: outcomes by check name, and something to do before each check."""

    def __init__(
        self,
        outcomes: dict[str, CheckOutcome] | None = None,
        *,
        broken: str = "",
        before_check: Callable[[str], None] = lambda name: None,
        message: str = "",
        looks_at: tuple[str, ...] = (),
    ) -> None:
        self.looks_at, self.histories = looks_at, list[dict[str, Ladder]]()
        self.outcomes, self.broken, self.before_check, self.message = outcomes or {}, broken, before_check, message
        self.calls = 0
        self.priorities: list[Priority] = []

    def state(self) -> str:
        return "written by a test"

    def events(
        self,
        problem: ProblemFolder,
        files: Files,
        *,
        visible_only: bool,
        priority: Priority,
        history: Mapping[str, Ladder],
    ) -> Iterator[Event]:
        self.priorities.append(priority)
        self.calls += 1
        self.histories.append(dict(history))
        specs = tuple(spec for spec in problem.checks if not (visible_only and spec.hidden))
        yield Collected(specs)
        results = []
        for spec in specs:
            yield CheckStarted(spec.name)
            self.before_check(spec.name)
            outcome = self.outcomes.get(spec.name, "passed")
            points = spec.points if outcome == "passed" else 0.0
            result = CheckResult(
                spec.name, spec.title, outcome, points, spec.points, spec.hidden, self.message, spec.hint, 0.25,
                self._detail(spec.name, problem.version, history),
            )  # fmt: skip
            results.append(result)
            yield CheckFinished(result)
        yield Finished(self._report(problem, tuple(results)))

    def _detail(self, name: str, version: str, history: Mapping[str, Ladder]) -> dict[str, Any]:
        if name not in self.looks_at:
            return {"kind": "comparison", "expected": "1", "actual": "2"}
        ladder = history.get(name, Ladder("the data", version)).at("the data", version).looked()
        ladder = ladder.releasing(0.8 + ladder.queries / 100, 0.7, 0.95, 0.01)
        staff = {"kind": "holdout_staff", "public": 0.8123, "private": 0.7321, "ladder": ladder.to_json()}
        return {"kind": "holdout", "released": ladder.released, "looks": ladder.queries, "staff": staff}

    def _report(self, problem: ProblemFolder, results: tuple[CheckResult, ...]) -> Report:
        passed = all(result.outcome == "passed" for result in results)
        outcome: RunOutcome = "broken" if self.broken else "passed" if passed else "failed"
        return Report(
            problem=problem.id,
            problem_version=problem.version,
            outcome=outcome,
            score=sum(result.points for result in results),
            max_score=sum(result.max_points for result in results),
            checks=results,
            limits=problem.limits.as_dict(),
            environment={"name": "numpy"},
            resources={"cpu_s": 0.1, "wall_s": 0.2, "peak_mb": 10.0},
            message=self.broken,
        )


def worker(name: str = "worker@test") -> Worker:
    """A worker whose heart does not beat by itself."""
    return Worker(name, WrittenEngine())
