"""Grades one submission against one problem: a generator of events that ends with the report."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import math
import os
import platform
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograders.ladder import Ladder
from autograders.lanes import Priority
from autograders.problem import Problem
from autograders.report import (
    MESSAGE_LIMIT,
    CheckFinished,
    CheckOutcome,
    CheckResult,
    CheckSpec,
    CheckStarted,
    Collected,
    Event,
    Finished,
    Report,
    RunOutcome,
    plain_text,
)
from autograders.rules import review
from autograders.sandbox import JailLimits, Sandbox, SandboxFault, SandboxUnavailable
from autograders.sandbox.cores import host_cores
from autograders.sandbox.environments import load_environments
from autograders.session import JudgeFault, Session, Spent
from autograders.submission import ENTRY_FILE, Submission

SHOWN_OUTPUT = 4_000
SHOWN_WAIT_S = 0.1  # a shorter wait for the timed core explains nothing
MOST_DEPTH = 4  # of a check's detail


def grade(
    problem: Problem,
    submission: Submission,
    sandbox: Sandbox,
    *,
    visible_only: bool = False,
    secret: bytes = b"",
    priority: Priority = "interactive",
    history: Mapping[str, Ladder] | None = None,
) -> Iterator[Event]:
    """Grade a submission. Yields Collected, then CheckStarted and CheckFinished for each check, then Finished.

    Hidden inputs are drawn from HMAC(secret, submission, problem version): fresh for every
    submission, the same again when it is graded again. Of several runs that wait for the core of
    timed checks, those of "interactive" priority go first. Nothing is raised for a fault of the
    learner's, the grader's or the sandbox's: the report says failed or broken.

    `history`: the last report's `ladders()` of this learner's; without it every submission is the first.
    """
    run = _Run(problem, submission, sandbox, visible_only, history or {})
    yield Collected(run.specs)
    findings = review(problem, submission)
    if findings:
        text = "\n".join(str(finding) for finding in findings)
        yield from run.finish_all("failed", f"not run: {text}")
        return
    with sandbox.lease() as leased:
        session = Session(
            leased,
            problem.environment,
            run.jail_limits,
            run.files(),
            problem.rules.as_dict(),
            priority,
            serves=problem.service is not None,
        )
        try:
            yield from run.follow(session, _seed(problem, submission, secret))
        except (JudgeFault, SandboxFault, SandboxUnavailable) as error:
            run.broken = str(error)
        finally:
            session.close()
    yield from run.finish(session)


def _seed(problem: Problem, submission: Submission, secret: bytes) -> bytes:
    return hmac.new(secret, f"{submission.digest} {problem.version}".encode(), hashlib.sha256).digest()


@dataclass
class _Run:
    """The state of one run: which checks are expected and what is known of them."""

    problem: Problem
    submission: Submission
    sandbox: Sandbox
    visible_only: bool
    history: Mapping[str, Ladder]
    results: dict[str, CheckResult] = field(default_factory=dict)
    broken: str = ""
    started: float = field(default_factory=time.monotonic)
    waited_s: float = 0.0

    @property
    def specs(self) -> tuple[CheckSpec, ...]:
        return tuple(spec for spec in self.problem.checks if not (self.visible_only and spec.hidden))

    @property
    def jail_limits(self) -> JailLimits:
        limits = self.problem.limits
        return JailLimits(
            cpu_s=limits.cpu_s, wall_s=limits.wall_s, memory_mb=limits.memory_mb, output_kb=limits.output_kb
        )

    def files(self) -> dict[str, dict[str, bytes]]:
        """What is loaded into each side's jails; the solution's hold the submission and nothing else."""
        return {
            "solution": dict(self.submission.files),
            "reference": {ENTRY_FILE: self.problem.text("reference.py").encode()},
        }

    def follow(self, session: Session, seed: bytes) -> Iterator[Event]:
        """Let the judge run and turn what it tells into events."""
        data = {
            path.relative_to(self.problem.path).as_posix(): path.read_bytes()
            for path in self.problem.path.glob("data/**/*")
            if path.is_file()
        }
        grader = {"grader.py": self.problem.text("grader.py").encode()}
        orders: dict[str, Any] = {"files": grader | data, "seed": seed, "visible_only": self.visible_only}
        orders["bounds"] = self.jail_limits.as_dict()
        orders["version"] = self.problem.version
        orders["history"] = {name: ladder.to_json() for name, ladder in self.history.items()}
        if self.problem.service:
            orders["service"] = self.problem.service.as_dict()
        by_name = {spec.name: spec for spec in self.specs}
        for told in session.run(orders):
            match told["op"]:
                case "collected":
                    if set(told["names"]) != set(by_name):
                        odd = sorted(set(told["names"]) ^ set(by_name))[0]
                        raise JudgeFault(f"grader.py: check {odd!r} is declared but not collected, or the reverse")
                case "started" if told["name"] in by_name:
                    self.waited_s += session.waited_s()
                    yield CheckStarted(told["name"])
                case "finished" if told["name"] in by_name and told["name"] not in self.results:
                    result = self._without_waiting(_result(by_name[told["name"]], told), session.waited_s())
                    self.results[result.name] = result
                    yield CheckFinished(result)
                case "done":
                    self.broken = str(told["problem"])
                case _:
                    raise JudgeFault(f"the grader said something unexpected: {str(told)[:200]}")

    def _without_waiting(self, result: CheckResult, inside_s: float) -> CheckResult:
        """A check took what it took without its turns at the timed core; for those it says how long it waited."""
        waited_s, self.waited_s = self.waited_s + inside_s, 0.0
        told = {"waited_s": round(waited_s, 2)} if waited_s >= SHOWN_WAIT_S else {}
        seconds = max(0.0, round(result.seconds - inside_s, 4))
        return dataclasses.replace(result, seconds=seconds, detail=result.detail | told)

    def finish_all(self, outcome: CheckOutcome, message: str) -> Iterator[Event]:
        """End a run in which nothing was executed: every check gets the same outcome."""
        for spec in self.specs:
            result = CheckResult(spec.name, spec.title, outcome, 0.0, spec.points, spec.hidden, "", spec.hint)
            self.results[spec.name] = result
            yield CheckFinished(result)
        yield Finished(self._report(message, Spent(), Spent(), b""))

    def finish(self, session: Session) -> Iterator[Event]:
        """Account for checks that did not finish, then give the report."""
        for spec in self.specs:
            if spec.name not in self.results:
                missing = CheckResult(spec.name, spec.title, "broken", 0.0, spec.points, spec.hidden, "", spec.hint)
                self.results[spec.name] = missing
                yield CheckFinished(missing)
        visible, hidden = session.spent[False], session.spent[True]
        yield Finished(self._report(self.broken, visible, hidden, session.printed[:SHOWN_OUTPUT]))

    def _report(self, message: str, visible: Spent, hidden: Spent, printed: bytes | bytearray) -> Report:
        checks = tuple(self.results[spec.name] for spec in self.specs)
        score = math.fsum(check.points for check in checks)
        outcome: RunOutcome
        if self.broken or any(check.outcome == "broken" for check in checks):
            outcome = "broken"
        else:
            outcome = "passed" if all(check.outcome == "passed" for check in checks) else "failed"
        return Report(
            problem=self.problem.id,
            problem_version=self.problem.version,
            outcome=outcome,
            score=round(score, 6),
            max_score=math.fsum(check.max_points for check in checks),
            checks=checks,
            limits=self.problem.limits.as_dict(),
            environment=describe_environment(self.problem.environment, self.sandbox),
            resources=visible.together(hidden).as_dict(),
            message=message[:MESSAGE_LIMIT],
            output=plain_text(printed.decode("utf-8", "replace")),
            visible_resources=visible.as_dict(),
        )


def describe_environment(name: str, sandbox: Sandbox) -> dict[str, Any]:
    """What a run depends on: interpreter, packages, processor, sandbox, and a digest over them."""
    environments = load_environments()
    packages = environments[name].packages() if name in environments else {}
    facts: dict[str, Any] = {
        "name": name,
        "python": platform.python_version(),
        "packages": packages,
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "timed_core": host_cores().timed,
        "sandbox": sandbox.describe(),
    }
    digest = hashlib.sha256(repr(sorted(facts.items(), key=lambda item: item[0])).encode()).hexdigest()[:16]
    return facts | {"digest": digest}


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()


def _result(spec: CheckSpec, told: dict[str, Any]) -> CheckResult:
    """A check's result in the engine's own hand: the judge says how much passed, the points are the problem's."""
    outcome, share, detail = told["outcome"], float(told["share"]), told["detail"]
    if outcome not in ("passed", "failed", "skipped", "broken") or not 0 <= share <= 1 or not isinstance(detail, dict):
        raise JudgeFault(f"the grader told a malformed result of {spec.name}")
    return CheckResult(
        name=spec.name,
        title=spec.title,
        outcome=outcome,
        points=round(spec.points * share, 6),
        max_points=spec.points,
        hidden=spec.hidden,
        message=str(told["message"])[:MESSAGE_LIMIT],
        hint=spec.hint,
        seconds=float(told["seconds"]),
        detail=_plain(detail),
    )


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    """Only what JSON can hold, and not too much of it: no infinities, no arrays."""

    def simple(value: Any, depth: int = 0) -> Any:
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, list | tuple) and depth < MOST_DEPTH:
            return [simple(item, depth + 1) for item in value[:1_000]]
        if isinstance(value, dict) and depth < MOST_DEPTH:
            return {str(key): simple(item, depth + 1) for key, item in list(value.items())[:100]}
        return value if value is None or isinstance(value, bool | int | str) else str(value)[:200]

    return {str(key): simple(value) for key, value in detail.items()}
