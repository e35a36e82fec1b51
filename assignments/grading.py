"""Claim a run, let the engine grade it, record what it found: once, and only while the claim holds."""

from __future__ import annotations

import dataclasses
import logging
import threading
import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from assignments import ladders, queueing
from assignments.models import CheckRecord, Fault, GradingRun, Submission
from assignments.versions import problem_of
from assignments.worker import Worker
from autograders.engine import grade
from autograders.ladder import Ladder, LadderError
from autograders.lanes import Priority
from autograders.problem import Problem as ProblemFolder
from autograders.report import CheckFinished, CheckResult, CheckStarted, Collected, Event, Finished, Report, ReportError
from autograders.sandbox import JailSpec, Sandbox, SandboxFault, SandboxUnavailable, cores, open_sandbox
from autograders.submission import Submission as Files

log = logging.getLogger(__name__)

State = GradingRun.State
PROVED_ENVIRONMENT = "numpy"
# How often a slot that may not grade bulk looks whether it may, or whether somebody waits by now.
STAND_BY_SECONDS = 0.5
PRIORITIES: dict[str, Priority] = {GradingRun.Lane.INTERACTIVE: "interactive", GradingRun.Lane.BULK: "bulk"}
MOST_OVERTAKEN = 8


class LeaseLost(Exception):
    """Another worker holds the run by now: whatever this one found is not recorded."""


class CannotGrade(Exception):
    """This host cannot grade; the text is a sentence that says what is missing."""


class Broken(Exception):
    """Grading failed by a fault of ours; the text is for the administrator alone."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.text = kind, text


class Engine(Protocol):
    """What turns a submission into events; the last one carries the report."""

    def events(
        self,
        problem: ProblemFolder,
        files: Files,
        *,
        visible_only: bool,
        priority: Priority,
        history: Mapping[str, Ladder],
    ) -> Iterator[Event]:
        """Grade; `history` is what the learner's earlier submissions left, by check."""

    def state(self) -> str:
        """A few words for the operations page."""


class SandboxedEngine:
    """The real engine, with a sandbox that is opened once and kept warm for the process's life."""

    def __init__(self, placement: str) -> None:
        self.placement = placement
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None
        self._state = "not opened yet"

    def sandbox(self) -> Sandbox:
        """The open sandbox; raises SandboxUnavailable."""
        with self._lock:
            if self._sandbox is None:
                try:
                    sandbox = open_sandbox(self.placement)
                    sandbox.__enter__()
                except SandboxUnavailable as error:
                    self._state = f"unavailable: {error}"
                    raise
                self._sandbox = sandbox
            return self._sandbox

    def state(self) -> str:
        """How the sandbox describes itself."""
        self._describe()
        return self._state

    def events(
        self,
        problem: ProblemFolder,
        files: Files,
        *,
        visible_only: bool,
        priority: Priority,
        history: Mapping[str, Ladder],
    ) -> Iterator[Event]:
        """Grade in the sandbox."""
        options: dict[str, Any] = {"visible_only": visible_only, "priority": priority, "history": history}
        return grade(problem, files, self.sandbox(), secret=settings.GRADING_SECRET, **options)

    def prove(self) -> str:
        """Open one jail and close it, to know that submissions can be graded here; raises CannotGrade."""
        try:
            self.sandbox().open(JailSpec(PROVED_ENVIRONMENT, "learner", "learner")).close()
        except SandboxUnavailable as error:
            raise CannotGrade(str(error)) from error
        except (SandboxFault, OSError) as error:
            raise CannotGrade(f"the sandbox did not open a jail: {error}") from error
        self._describe()
        return self._state

    def warm_up(self, worker: str) -> None:
        """Open the sandbox before the first submission comes; where that fails, the operations page says so."""
        try:
            log.info("sandbox: %s", self.prove())
        except CannotGrade as error:
            log.error("sandbox: %s", error)
            Fault.objects.create(worker=worker, kind="sandbox", text=storable(str(error))[:4_000])
        finally:
            connection.close()

    def _describe(self) -> None:
        if self._sandbox is not None:
            self._state = ", ".join(f"{name} {value}" for name, value in self._sandbox.describe().items())

    def close(self) -> None:
        """End the sandbox and all that it keeps warm."""
        with self._lock:
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None


@dataclass(frozen=True)
class Claim:
    """A run that this worker holds."""

    run: GradingRun
    token: uuid.UUID

    def update(self, **values: Any) -> None:
        """Change the run while it is held; raises LeaseLost."""
        held = GradingRun.objects.filter(pk=self.run.pk, claim_token=self.token, state=State.GRADING)
        if held.update(**values) != 1:
            raise LeaseLost(f"run {self.run.pk}")


def leave_timed_core() -> None:
    """Keep this process off the core of timed checks; where none can be kept, the sandbox will say why."""
    try:
        cores.leave_timed_core()
    except SandboxUnavailable as error:
        log.error("timed core: %s", error)


def grade_sent(run_id: int, worker: Worker, engine: Engine) -> None:
    """Grade the run of a message; before a bulk one all those that somebody waits for.

    Where as many slots grade bulk as may, this one stands by with its own: the broker has nothing
    else for it, so it looks by itself for those who wait.
    """
    while queueing.is_bulk(run_id):
        if worker.leaving:
            queueing.put_back(run_id)
            return
        if (first := queueing.next_interactive()) is not None:
            grade_run(first, worker, engine)
            continue
        with worker.bulk_slot(STAND_BY_SECONDS) as mine:
            if mine:
                grade_run(run_id, worker, engine)
                return
    grade_run(run_id, worker, engine)


def grade_run(run_id: int, worker: Worker, engine: Engine) -> None:
    """Grade one run if it is there to be claimed. A message that comes twice finds nothing to do."""
    claim = claim_run(run_id, worker.name)
    if claim is None:
        return
    with worker.holding(claim.token, run_id):
        try:
            try:
                grade_and_record(claim, engine)
            except Broken as fault:
                give_back(claim, fault)
        except LeaseLost:
            log.warning("run %s was taken over; nothing of this attempt is recorded", run_id)


def grade_and_record(claim: Claim, engine: Engine) -> None:
    """Grade and write the verdict; once more where another run of this learner has changed what it rests on.

    Each time that happens another run has got its verdict, so this ends. Raises Broken or LeaseLost.
    """
    for _ in range(MOST_OVERTAKEN):
        try:
            known = ladders.remembered(claim.run.submission)
        except LadderError as error:
            raise Broken("engine", f"what earlier submissions left cannot be read: {error}") from error
        report = follow(claim, engine, known.ladders)
        try:
            record(claim, report, known)
        except ladders.Outdated as overtaken:
            log.info("run %s was overtaken at %s and is graded again", claim.run.pk, overtaken)
            with transaction.atomic():
                claim.update(running_check="")
                CheckRecord.objects.filter(run=claim.run).delete()
        else:
            return
    raise Broken("grading", f"overtaken {MOST_OVERTAKEN} times by other submissions of the same learner")


def claim_run(run_id: int, worker: str) -> Claim | None:
    """Take a queued run by compare-and-set; None where another was faster or it may not be tried yet."""
    now, token = timezone.now(), uuid.uuid4()
    due = Q(not_before__isnull=True) | Q(not_before__lte=now)
    with transaction.atomic():
        taken = GradingRun.objects.filter(due, pk=run_id, state=State.QUEUED).update(
            state=State.GRADING,
            claim_token=token,
            lease_until=now + timedelta(seconds=settings.GRADING_LEASE_SECONDS),
            attempts=F("attempts") + 1,
            worker=worker,
            started=now,
            running_check="",
        )
        if not taken:
            return None
        CheckRecord.objects.filter(run_id=run_id).delete()
    run = GradingRun.objects.select_related("submission", "version__problem").get(pk=run_id)
    return Claim(run, token)


def follow(claim: Claim, engine: Engine, history: Mapping[str, Ladder]) -> Report:
    """Let the engine grade and note each check as it ends; raises Broken or LeaseLost."""
    submission = claim.run.submission
    files = Files({name: text.encode() for name, text in submission.files.items()})
    try:
        problem = problem_of(claim.run.version)
        visible_only = submission.kind == Submission.Kind.TRIAL
        priority = PRIORITIES[claim.run.lane]
        events = engine.events(problem, files, visible_only=visible_only, priority=priority, history=history)
        report = _note_all(claim, events)
    except (LeaseLost, Broken):
        raise
    except SandboxUnavailable as error:
        raise Broken("sandbox", str(error)) from error
    except Exception as error:  # whatever fails here is ours, and must not cost the learner
        log.exception("run %s", claim.run.pk)
        raise Broken("engine", f"{type(error).__name__}: {error}") from error
    try:
        report.ladders()
    except ReportError as error:
        raise Broken("engine", str(error)) from error
    if report.outcome == "broken":
        told = "; ".join(f"{check.name}: {check.message}" for check in report.checks if check.outcome == "broken")
        raise Broken("grading", report.message or told or "the report says broken and no more")
    return report


def _note_all(claim: Claim, events: Iterator[Event]) -> Report:
    report: Report | None = None
    with closing(_as_generator(events)) as stream:
        for event in stream:
            match event:
                case Collected(checks=checks):
                    claim.update(checks_expected=storable([dataclasses.asdict(check) for check in checks]))
                case CheckStarted(name=name):
                    claim.update(running_check=name[:200])
                case CheckFinished(check=check):
                    _note(claim, check)
                case Finished(report=final):
                    report = final
    if report is None:
        raise Broken("engine", "grading ended without a report")
    return report


def _as_generator(events: Iterator[Event]) -> Generator[Event, None, None]:
    """Closing this closes the engine's generator, and with it the jails of a run that is given up."""
    yield from events


@transaction.atomic
def _note(claim: Claim, check: CheckResult) -> None:
    claim.update(running_check="")
    position = CheckRecord.objects.filter(run=claim.run).count()
    CheckRecord.objects.create(run=claim.run, **_columns(check, position))


def _columns(check: CheckResult, position: int) -> dict[str, Any]:
    values: dict[str, Any] = storable(dataclasses.asdict(check))
    return values | {"position": position, "name": values["name"][:200]}


@transaction.atomic
def record(claim: Claim, report: Report, known: ladders.Remembered) -> None:
    """Write the verdict, its checks and what it leaves for the next run together, once.

    Raises LeaseLost, or ladders.Outdated; nothing is written then.
    """
    claim.update(
        state=State.DONE,
        claim_token=None,
        lease_until=None,
        not_before=None,
        finished=timezone.now(),
        score=report.score,
        max_score=report.max_score,
        outcome=report.outcome,
        report=storable(report.to_json()),
        message=storable(report.message),
        running_check="",
        recorded=F("recorded") + 1,
    )
    CheckRecord.objects.filter(run=claim.run).delete()
    CheckRecord.objects.bulk_create(
        CheckRecord(run=claim.run, **_columns(check, position)) for position, check in enumerate(report.checks)
    )
    ladders.keep(claim.run.submission, report.ladders(), known)


def give_back(claim: Claim, fault: Broken) -> None:
    """After a fault of ours: back to the queue after a rest, or set aside when it was tried often enough."""
    Fault.objects.create(run=claim.run, worker=claim.run.worker, kind=fault.kind, text=storable(fault.text)[:4_000])
    with transaction.atomic():
        CheckRecord.objects.filter(run=claim.run).delete()
        # A host that cannot hold any submission says nothing about this one: it waits, however long that takes.
        spent = (
            min(claim.run.attempts, settings.GRADING_MAX_ATTEMPTS - 1)
            if fault.kind == "sandbox"
            else claim.run.attempts
        )
        claim.update(**released(spent, rest=True) | {"attempts": spent})


def released(attempts: int, *, rest: bool) -> dict[str, Any]:
    """The columns of a run that is no longer held and has no verdict: queued again, or broken."""
    now = timezone.now()
    values: dict[str, Any] = {"claim_token": None, "lease_until": None, "running_check": "", "sent": None}
    if attempts >= settings.GRADING_MAX_ATTEMPTS:
        return values | {"state": State.BROKEN, "finished": now, "outcome": "", "not_before": None}
    return values | {"state": State.QUEUED, "not_before": now + queueing.backoff(attempts) if rest else None}


def storable(value: Any) -> Any:
    """The same value with texts that every database takes: no NUL, no half surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
