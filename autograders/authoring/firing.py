"""Fires attacks at a problem in a sandbox and says of each whether it succeeded and what was seen."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograders.authoring.arming import Armed, arm, compose, upload
from autograders.authoring.conditions import Observation, learner_texts, successes, summary
from autograders.authoring.corpus import Attack, load_controls, load_corpus
from autograders.authoring.past_rules import PastTheRules
from autograders.authoring.world import PeakMemory, World
from autograders.engine import grade
from autograders.problem import Problem, load_problem
from autograders.report import Finished, Report
from autograders.sandbox import JailLimits, JailSpec, JailStopped, Sandbox
from autograders.sandbox.environments import load_environments
from autograders.submission import ENTRY_FILE, Submission, SubmissionError
from autograders.wire import Frame, decode, encode

Grade = Callable[[Problem, Submission, Sandbox, bytes, bool], Report]
TARGET = "target"
# What the honest part of a run may take, beside the limits of the jails that are stopped: so long, and
# so many times what an honest run took on this host, which may be busy.
ROOM_S, ROOM_RUNS = 10.0, 10
# Attacks that run into limits are given no more than this: they would use all of it, in every check.
HURRIED_CPU_S, HURRIED_WALL_S = 1.0, 8.0
# A run that is not over so long after its budget is ended by force.
FORCE_S = 30.0
NEIGHBOUR = "KEPT = {canary!r}\nwith open('kept', 'w') as file:\n    file.write(KEPT)\n"
FINDER = """
import os, tempfile
def found(mark):
    hits = []
    for top in {".", tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", "/run", "/scratch"}:
        for folder, _, files in os.walk(top):
            for name in files:
                path = os.path.join(folder, name)
                try:
                    with open(path, "rb") as file:
                        text = file.read(1 << 16)
                except OSError:
                    text = b""
                if mark in path or mark.encode() in text:
                    hits.append(path)
    return hits
"""


class HonestWorkFails(Exception):
    """An honest submission did not get its mark, so that nothing can be said of a dishonest one."""


@dataclass(frozen=True)
class AttackResult:
    """One attack's end: whether it succeeded, and a sentence of what was seen either way."""

    id: str
    kind: str
    title: str
    succeeded: bool
    evidence: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The fields that the command prints."""
        agreed = {"id": self.id, "class": self.kind, "title": self.title}
        return agreed | {"succeeded": self.succeeded, "evidence": self.evidence}


def fire(
    problem: Problem, sandbox: Sandbox, attacks: Sequence[Attack] | None = None, grader: Grade | None = None
) -> Iterator[AttackResult]:
    """Fire attacks one after the other, by default all that make sense against this problem.

    Raises HonestWorkFails where honest work does not get its mark. `grader` takes the engine's
    place, to find out what the same attacks do to another one.
    """
    with arm(problem) as armed, World(armed) as world:
        place = Range(armed, world, sandbox, grader or grade_with_engine)
        place.check_honest_work()
        for attack in suited(problem) if attacks is None else attacks:
            yield place.fire(attack)


def target() -> Problem:
    """The problem that the corpus was made for."""
    return load_problem(load_controls()[0].path.parent.parent / TARGET)


def suited(problem: Problem) -> tuple[Attack, ...]:
    """The attacks that make sense against a problem: all of them against the target alone."""
    return tuple(attack for attack in load_corpus() if attack.any_problem or problem.id == TARGET)


def grade_with_engine(
    problem: Problem, submission: Submission, sandbox: Sandbox, secret: bytes, visible_only: bool
) -> Report:
    """One whole run of the engine."""
    *_, last = grade(problem, submission, sandbox, visible_only=visible_only, secret=secret)
    assert isinstance(last, Finished)
    return last.report


class Range:
    """An armed problem in a sandbox, with what its starter is worth and what an honest run takes here."""

    def __init__(self, armed: Armed, world: World, sandbox: Sandbox, grader: Grade) -> None:
        self.armed, self.world, self.sandbox, self.grader = armed, world, sandbox, grader
        self.starter_worth: dict[str, float] = {}
        self.room_s = ROOM_S
        limits = armed.problem.limits
        least = replace(limits, cpu_s=min(limits.cpu_s, HURRIED_CPU_S), wall_s=min(limits.wall_s, HURRIED_WALL_S))
        self.hurried = replace(armed.problem, limits=least)
        self.worths = {spec.name: spec.points for spec in armed.problem.checks}

    def check_honest_work(self) -> None:
        """Grade honest submissions; raises HonestWorkFails where one does not get exactly its worth."""
        started = time.monotonic()
        full = self.grade(Submission.from_source(self.armed.problem.text("reference.py")))
        self.room_s = ROOM_S + ROOM_RUNS * (time.monotonic() - started)
        if full.outcome == "broken":
            raise HonestWorkFails(f"the reference of {full.problem} cannot be graded: {_first_words(full)}")
        if full.outcome != "passed":
            raise HonestWorkFails(f"the reference of {full.problem} does not pass: {_first_words(full)}")
        base = self.grade(Submission.from_source(self.armed.problem.text("starter.py")))
        if base.outcome == "broken":
            raise HonestWorkFails(f"the starter of {base.problem} cannot be graded: {_first_words(base)}")
        self.starter_worth = {check.name: check.points for check in base.checks if check.points}
        for control in load_controls() if self.armed.problem.id == TARGET else ():
            report = self.grade(Submission.from_source(compose(self.armed, control)))
            earned = {check.name for check in report.checks if check.outcome == "passed"}
            if report.outcome == "broken" or earned != set(control.honest):
                odd = sorted(earned ^ set(control.honest))
                raise HonestWorkFails(f"{control.id} ({control.title}) is misjudged at {odd}: {_first_words(report)}")

    def fire(self, attack: Attack) -> AttackResult:
        """Fire one attack; where the rules refuse its source, the wall behind them is tried as well."""
        started = time.monotonic()
        seen = self.shoot(attack, past_rules=False)
        sentences, held = successes(seen), summary(seen)
        if not sentences and attack.past_rules and any(r.message.startswith("not run") for r in seen.reports):
            behind = self.shoot(attack, past_rules=True)
            sentences = [f"with the rules beaten, {words}" for words in successes(behind)]
            held = f"{held}; with the rules beaten: {summary(behind)}"
        evidence = "; ".join(sentences) if sentences else held
        taken = round(time.monotonic() - started, 2)
        return AttackResult(attack.id, attack.kind, attack.title, bool(sentences), evidence, taken)

    def shoot(self, attack: Attack, *, past_rules: bool) -> Observation:
        """Fire once and look at everything that may have come of it."""
        self.world.look()
        memory = PeakMemory()
        worth = dict(self.starter_worth) if attack.base == "starter" else {}
        worth |= {name: self.worths[name] for name in attack.honest if name in self.worths}
        budget = self.room_s * max(1, len(attack.variants), attack.rounds)
        budget += attack.stops * self.hurried.limits.wall_s
        started = time.monotonic()
        with self.neighbour(attack), self.ended_by_force(budget + FORCE_S):
            reports, visible, refusal = self.runs(attack, past_rules)
            seconds = time.monotonic() - started
        return Observation(
            attack=attack,
            armed=self.armed,
            reports=reports,
            visible=visible,
            worth=worth,
            refusal=refusal,
            traces=self.world.traces(),
            found=self.found_by_the_next(attack),
            next_mark=self.next_mark(attack),
            seconds=seconds,
            budget_s=budget,
            grown_mb=memory.grown_mb(),
        )

    def runs(self, attack: Attack, past_rules: bool) -> tuple[tuple[Report, ...], Report | None, str]:
        """The reports of an attack's variants or rounds, a visible run where it is asked for, or the refusal."""
        if attack.form == "upload":
            try:
                return (self.grade(upload(self.armed, attack), past_rules=past_rules),), None, ""
            except SubmissionError as error:
                return (), None, str(error)
        reports: list[Report] = []
        for variant in attack.variants or ("",) * attack.rounds:
            seen = learner_texts(reports).encode().hex()
            source = compose(self.armed, attack, VARIANT=variant, SEEN=seen, PORT=str(self.world.port))
            problem = self.hurried if attack.stops else self.armed.problem
            reports.append(self.grade(Submission.from_source(source), past_rules=past_rules, problem=problem))
        visible = None
        if "surroundings" in attack.aims:
            visible = self.grade(Submission.from_source(source), past_rules=past_rules, visible_only=True)
        return tuple(reports), visible, ""

    def grade(
        self,
        submission: Submission,
        *,
        past_rules: bool = False,
        visible_only: bool = False,
        problem: Problem | None = None,
    ) -> Report:
        """One run of the grader, in the open or past the rules."""
        problem, secret = problem or self.armed.problem, self.armed.secret
        if not past_rules:
            return self.grader(problem, submission, self.sandbox, secret, visible_only)
        shown = problem.text("starter.py") + f"\n# {submission.digest}\n"
        sandbox = PastTheRules(self.sandbox, submission.files)
        return self.grader(problem, Submission.from_source(shown), sandbox, secret, visible_only)

    @contextlib.contextmanager
    def neighbour(self, attack: Attack) -> Iterator[None]:
        """Somebody else's jail, alive while an attack runs that could look for it."""
        if attack.kind not in ("LEAK", "ESCAPE"):
            yield
            return
        jail = self.sandbox.open(self._spec())
        try:
            source = NEIGHBOUR.format(canary=self.armed.canaries["neighbour"])
            jail.ask(encode({"op": "load", "files": {ENTRY_FILE: source.encode()}, "rules": {}}).chunks())
            yield
        finally:
            jail.close()

    @contextlib.contextmanager
    def ended_by_force(self, seconds: float) -> Iterator[None]:
        """Close the sandbox where a run does not come to its end: its jails go, and the run is broken."""
        timer = threading.Timer(seconds, self.sandbox.close)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def found_by_the_next(self, attack: Attack) -> tuple[str, ...]:
        """What the next submission in the same sandbox finds of this one."""
        if "leftover" not in attack.aims:
            return ()
        jail = self.sandbox.open(self._spec())
        try:
            jail.ask(encode({"op": "load", "files": {ENTRY_FILE: FINDER.encode()}, "rules": {}}).chunks())
            call: dict[str, Any] = {
                "op": "call",
                "handle": None,
                "target": "found",
                "args": [self.armed.mark],
                "kwargs": {},
            }
            hits = decode(Frame.from_bytes(jail.ask(encode(call).chunks()))).get("value", ["(the search failed)"])
        except JailStopped as stop:
            hits = [f"(the search was {stop})"]
        finally:
            jail.close()
        return tuple(f"the next submission finds {hit}" for hit in hits)

    def next_mark(self, attack: Attack) -> str:
        """What is wrong with the visible mark of an honest submission right after an attack, "" where nothing is."""
        if "host" not in attack.aims:
            return ""
        report = self.grade(Submission.from_source(self.armed.problem.text("reference.py")), visible_only=True)
        return "" if report.outcome == "passed" else f"got {report.score:g} points: {_first_words(report)}"

    def _spec(self) -> JailSpec:
        """A jail beside those of submissions, out of the same zygote."""
        problem = self.armed.problem
        withheld = load_environments()[problem.environment].withheld(
            problem.rules.forbidden_imports, problem.rules.allowed_imports
        )
        limits = JailLimits(cpu_s=5.0, wall_s=30.0, memory_mb=64)
        return JailSpec(problem.environment, "learner", "learner", limits, withheld=withheld)


def _first_words(report: Report) -> str:
    told = (check.message for check in report.checks if check.outcome != "passed" and check.message)
    return (report.message or next(told, report.outcome))[:300]
