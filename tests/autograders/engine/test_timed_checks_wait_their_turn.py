"""A timed check waits for its core and says so; where there is one core, runs take turns on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograders.engine import grade
from autograders.lanes import Lane, lane_folder
from autograders.report import CheckFinished, CheckStarted, Event, Finished, Report
from autograders.sandbox import Sandbox, open_sandbox
from autograders.submission import Submission
from tests.autograders.support import by_name, reference_of, tiny

ROOT = Path(__file__).resolve().parents[3]
several = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="this machine has one core")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADING_LANE_DIR", str(tmp_path / "lanes"))


def soon(so: Callable[[], bool]) -> None:
    """Wait until something is so; what never is fails the test."""
    deadline = time.monotonic() + 120
    while not so():
        assert time.monotonic() < deadline, "waited two minutes in vain"
        time.sleep(0.01)


def waiting() -> int:
    """How many stand in line for a core."""
    folder = lane_folder()
    return sum(path.name.startswith("waits-") for path in folder.iterdir()) if folder.is_dir() else 0


class Run:
    """A grading run in a thread of its own, and what has come of it so far."""

    def __init__(self, name: str, sandbox: Sandbox, **options: Any) -> None:
        self.events: list[Event] = []
        self.times: list[float] = []
        problem = tiny(name)
        self.stream = grade(problem, Submission.from_source(reference_of(problem)), sandbox, **options)
        self.thread = threading.Thread(target=self._follow, daemon=True)
        self.thread.start()

    def _follow(self) -> None:
        for event in self.stream:
            self.times.append(time.monotonic())
            self.events.append(event)

    @property
    def finished(self) -> list[str]:
        return [event.check.name for event in self.events if isinstance(event, CheckFinished)]

    def report(self) -> Report:
        self.thread.join(240)
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last.report


@several
def test_a_timed_check_waits_while_another_has_the_core_and_the_others_do_not(sandbox: Sandbox) -> None:
    holder = Lane()
    holder.enter()
    run = Run("pace", sandbox)
    soon(lambda: waiting() == 1)
    assert run.finished == ["test_agrees"]
    time.sleep(0.5)
    holder.leave()
    report = run.report()
    assert report.outcome == "passed"
    checks = by_name(report)
    assert checks["test_is_fast"].detail["waited_s"] >= 0.5
    assert checks["test_is_fast"].detail["kind"] == "race", "what is drawn is still there"
    assert "waited_s" not in checks["test_agrees"].detail
    assert report.environment["timed_core"] == holder.core


@several
def test_the_wait_is_not_part_of_what_the_check_took(sandbox: Sandbox) -> None:
    holder = Lane()
    holder.enter()
    run = Run("pace", sandbox)
    soon(lambda: waiting() == 1)
    time.sleep(1)
    holder.leave()
    check = by_name(run.report())["test_is_fast"]
    ended = next(n for n, event in enumerate(run.events) if event == CheckFinished(check))
    assert run.events[ended - 1] == CheckStarted("test_is_fast")
    assert check.detail["waited_s"] >= 1
    assert check.seconds + check.detail["waited_s"] <= run.times[ended] - run.times[ended - 1] + 0.01


@several
def test_the_core_is_free_when_a_run_is_given_up_in_its_timed_check(sandbox: Sandbox) -> None:
    problem = tiny("pace")
    stream = grade(problem, Submission.from_source(reference_of(problem)), sandbox)
    while not isinstance(event := next(stream), CheckStarted) or event.name != "test_is_fast":
        pass
    stream.close()  # type: ignore[attr-defined]
    lane = Lane(priority="bulk")
    assert lane.enter() == lane.core
    lane.leave()


def on_one_core(name: str) -> list[Any]:
    """What a function of this file gives on a host with one core."""
    code = (
        "import json, os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from tests.autograders.engine import test_timed_checks_wait_their_turn as here\n"
        f"print(json.dumps(here.{name}()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    told: list[Any] = json.loads(done.stdout)
    return told


def a_run_while_the_core_is_held() -> list[Any]:
    holder = Lane()
    holder.enter()
    with open_sandbox("local") as sandbox:
        run = Run("double", sandbox)
        soon(lambda: waiting() == 1)
        time.sleep(0.3)
        before = [type(event).__name__ for event in run.events]
        holder.leave()
        return [before, run.report().outcome, run.report().checks[0].detail["waited_s"] >= 0.3]


def test_on_one_core_even_an_untimed_check_waits_for_a_timed_one() -> None:
    assert on_one_core("a_run_while_the_core_is_held") == [["Collected"], "passed", True]


def two_runs_at_once() -> list[Any]:
    with open_sandbox("local") as sandbox:
        runs = [Run("pace", sandbox), Run("pace", sandbox), Run("double", sandbox)]
        outcomes = [run.report().outcome for run in runs]
    return [outcomes, waiting()]


def test_on_one_core_runs_of_one_process_end_all() -> None:
    assert on_one_core("two_runs_at_once") == [["passed"] * 3, 0]


def a_run_that_somebody_comes_to_wait_for(priority: Any) -> list[Any]:
    """The order of a run's events and of an interactive one that comes after its first check, on one core."""
    order: list[str] = []

    def take() -> None:
        lane = Lane(priority="interactive")
        lane.enter()
        order.append("bob")
        lane.leave()

    other = threading.Thread(target=take, daemon=True)
    problem = tiny("pace")
    with open_sandbox("local") as sandbox:
        for event in grade(problem, Submission.from_source(reference_of(problem)), sandbox, priority=priority):
            if isinstance(event, CheckFinished):
                order.append(event.check.outcome)
                if len(order) == 1:
                    other.start()
                    soon(lambda: waiting() == 1)
    other.join(60)
    return order


def bulk() -> list[Any]:
    return a_run_that_somebody_comes_to_wait_for("bulk")


def interactive() -> list[Any]:
    return a_run_that_somebody_comes_to_wait_for("interactive")


def test_on_one_core_a_bulk_run_gives_way_between_two_checks_and_goes_on() -> None:
    assert on_one_core("bulk") == ["passed", "bob", "passed", "passed", "passed"]


def test_on_one_core_an_interactive_run_ends_before_the_next() -> None:
    assert on_one_core("interactive") == ["passed", "passed", "passed", "passed", "bob"]
