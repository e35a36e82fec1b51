"""A run that its host starved is broken, to be graded again; one that only looks so is the learner's own."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import pytest

from autograders.engine import grade
from autograders.report import CheckFinished, CheckStarted, Finished, Report
from autograders.sandbox import JailLimits, JailStopped, Sandbox, SandboxFault
from autograders.sandbox.jail import Usage
from autograders.session import Held, Session
from autograders.submission import Submission
from tests.autograders.hogs import hogs
from tests.autograders.support import by_name, tiny

COMPUTES = "def double(x):\n    while True: pass\n"
SLEEPS = "import time\ndef double(x):\n    time.sleep(600)\n"


def report_beside_hogs(source: str, sandbox: Sandbox) -> Report:
    """Graded on a host that becomes busy when the check has begun and is left in peace when it ends."""
    problem = tiny("double")
    limits = dataclasses.replace(problem.limits, cpu_s=60, wall_s=4)
    problem = dataclasses.replace(problem, limits=limits)
    events = grade(problem, Submission.from_source(source), sandbox)
    beside = hogs(8 * len(os.sched_getaffinity(0)), os.sched_getaffinity(0))
    for event in events:
        match event:
            case CheckStarted():
                beside.__enter__()
            case CheckFinished():
                beside.__exit__(None, None, None)
            case Finished(report=report):
                return report
    raise AssertionError("no report")


def test_who_computes_and_gets_no_core_is_graded_again(sandbox: Sandbox) -> None:
    report = report_beside_hogs(COMPUTES, sandbox)
    assert report.outcome == "broken"
    assert report.message.startswith("the host was too busy: a jail waited ")
    assert by_name(report)["test_doubles"].outcome == "broken"


def test_who_sleeps_on_a_busy_host_has_failed(sandbox: Sandbox) -> None:
    report = report_beside_hogs(SLEEPS, sandbox)
    assert report.outcome == "failed"
    assert "stopped at the time limit of 4 s" in by_name(report)["test_doubles"].message


class TwoJails:
    """What a session holds of two jails, and what each is told to have used."""

    def __init__(self, sandbox: Sandbox, *, waited_s: float, wall_s: float = 10.0) -> None:
        self.session = Session(sandbox, "numpy", JailLimits(wall_s=wall_s), {}, {})
        self.waited_s, self.limits = waited_s, JailLimits(wall_s=wall_s)

    def hold(self, name: str, side: str, cpu_s: float, *, pinned: bool = False, stopped: bool = False) -> None:
        stop = JailStopped("wall", self.limits) if stopped else None
        if stop:
            stop.waited_s = self.waited_s
        self.session.held[name] = Held(TellsOnly(cpu_s, stop, self.limits), side, False, pinned)  # type: ignore[arg-type]

    def blame(self) -> None:
        self.session._blame_the_host("slow")


class TellsOnly:
    """Stands for a jail whose figures are given."""

    def __init__(self, cpu_s: float, stopped: JailStopped | None, limits: JailLimits) -> None:
        self.cpu_s, self.stopped, self.limits = cpu_s, stopped, limits

    def usage(self) -> Usage:
        return Usage(self.cpu_s, 0, 0, 0.0)


@pytest.mark.parametrize(("waited_s", "broken"), [(5.1, True), (4.9, False), (0.0, False)])
def test_more_than_half_of_the_time_limit_is_starvation(waited_s: float, broken: bool, sandbox: Sandbox) -> None:
    jails = TwoJails(sandbox, waited_s=waited_s)
    jails.hold("slow", "solution", 1.0, stopped=True)
    assert is_broken(jails) is broken


def test_what_another_jail_of_the_submission_computes_unasked_is_not_the_hosts_doing(sandbox: Sandbox) -> None:
    jails = TwoJails(sandbox, waited_s=8.0)
    jails.hold("slow", "solution", 0.5, stopped=True)
    jails.hold("burns", "solution", 4.0)
    assert not is_broken(jails)


def test_what_it_computed_when_it_was_asked_is_left_out(sandbox: Sandbox) -> None:
    jails = TwoJails(sandbox, waited_s=8.0)
    jails.hold("slow", "solution", 0.5, stopped=True)
    jails.hold("worked", "solution", 4.0)
    jails.session.held["worked"].rest()
    assert is_broken(jails)


def test_a_judgement_is_not_changed_by_asking_again(sandbox: Sandbox) -> None:
    jails = TwoJails(sandbox, waited_s=8.0)
    jails.hold("slow", "solution", 0.5, stopped=True)
    jails.hold("burns", "solution", 4.0)
    assert not is_broken(jails)
    jails.session.held["burns"].rest()
    assert not is_broken(jails)


@pytest.mark.parametrize(("waited_s", "reference_s", "broken"), [(14.0, 9.0, False), (9.9, 0.0, False), (15, 1, True)])
def test_a_timed_jail_waits_for_its_reference_and_has_twice_the_time(
    waited_s: float, reference_s: float, broken: bool, sandbox: Sandbox
) -> None:
    jails = TwoJails(sandbox, waited_s=waited_s)
    jails.hold("slow", "solution", 0.5, stopped=True, pinned=True)
    jails.hold("reference", "reference", reference_s, pinned=True)
    assert is_broken(jails) is broken


def test_another_limit_is_never_the_hosts_doing(sandbox: Sandbox) -> None:
    jails = TwoJails(sandbox, waited_s=8.0)
    jails.hold("slow", "solution", 0.5, stopped=True)
    stopped: Any = jails.session.held["slow"].jail.stopped
    stopped.limit = "cpu"
    assert not is_broken(jails)


def is_broken(jails: TwoJails) -> bool:
    try:
        jails.blame()
    except SandboxFault:
        return True
    return False
