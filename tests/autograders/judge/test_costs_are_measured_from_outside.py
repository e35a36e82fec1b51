"""`race`, `growth` and `memory`: good code passes, costly code fails, and tricks with time gain nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograders.problem import Problem, load_problem
from autograders.report import CheckResult
from autograders.sandbox import Sandbox
from tests.autograders.support import PROBLEMS, by_name, reference_of, report_of, tiny

FAST = reference_of(tiny("pace"))
SLOW = """
def checksum(values):
    for _ in range(4):
        state = 1
        for value in values:
            state = (state * 31 + value) % 1_000_003
    return state
"""
# Each does four times the reference's work and tries to keep it off the clock.
TRICKS = {
    "patched clocks": SLOW
    + """
import time
for name in ("time", "perf_counter", "perf_counter_ns", "process_time", "monotonic", "clock_gettime", "thread_time"):
    setattr(time, name, lambda *arguments: 0)
""",
    "work in threads": SLOW.replace("def checksum", "def _work")
    + """
import threading


def checksum(values):
    box = []
    threads = [threading.Thread(target=lambda: box.append(_work(values))) for _ in range(1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return box[0]
""",
    "work while the caller sleeps": SLOW.replace("def checksum", "def _work")
    + """
import threading, time


def checksum(values):
    box = []
    thread = threading.Thread(target=lambda: box.append(_work(values)), daemon=True)
    thread.start()
    while not box:
        time.sleep(0.002)
    return box[0]
""",
    "answers from a cache": SLOW.replace("def checksum", "def _work")
    + """
CACHE = {}


def checksum(values):
    key = (len(values), values[0])
    if key not in CACHE:
        CACHE[key] = _work(values)
    return CACHE[key]
""",
    "work when the arguments come": SLOW.replace("def checksum", "def _work")
    + """
import gc

DONE = []
for thing in gc.get_objects():
    if type(thing).__name__ == "Agent":
        stage = thing.operations["stage"]

        def early(request, stage=stage):
            stage(request)
            DONE[:] = [_work(call[0]) for call in request["calls"]]

        thing.operations = {**thing.operations, "stage": early}


def checksum(values):
    return DONE.pop(0) if DONE else _work(values)
""",
    "work when the results are fetched": SLOW.replace("def checksum", "def _work")
    + """
import gc, sys

WAITING = []
for thing in gc.get_objects():
    if type(thing).__name__ == "Agent":
        fetch = thing.operations["fetch"]

        def late(request, agent=thing):
            return [agent.encode({"value": _work(values)}).to_bytes() for values in WAITING[request["first"] :]]

        def clear(request, stage=thing.operations["stage"]):
            WAITING.clear()
            return stage(request)

        thing.operations = {**thing.operations, "fetch": late, "stage": clear}


def checksum(values):
    if sys._getframe(1).f_code.co_name == "run":
        WAITING.append(values)
        return 0
    return _work(values)
""",
}  # fmt: skip
LAZY = """
class Lazy(int):
    def __new__(cls, values):
        self = int.__new__(cls, 0)
        self.values = values
        return self


def checksum(values):
    return Lazy(values)
"""
REMEMBERS = """
FIRST = []


def checksum(values):
    if not FIRST:
        state = 1
        for value in values:
            state = (state * 31 + value) % 1_000_003
        FIRST.append(state)
    return FIRST[0]
"""
QUADRATIC = """
def checksum(values):
    state = 1
    for i in range(len(values)):
        state = (state * 31 + values[:][i]) % 1_000_003
    return state
"""
HOARDING = """
import numpy as np


def checksum(values):
    hoard = np.ones(10_000_000)
    state = int(hoard[-1])
    for value in values:
        state = (state * 31 + value) % 1_000_003
    return state
"""


@pytest.fixture
def pace(tmp_path: Path) -> Callable[..., Problem]:
    """The problem with some of its measuring checks alone: each costs a second or two."""

    def made(*kept: str) -> Problem:
        folder = Path(shutil.copytree(PROBLEMS / "pace", tmp_path / "pace"))
        head, *parts = (folder / "grader.py").read_text().split("@check")
        chosen = [part for part in parts if any(f"def {name}(" in part for name in ("test_agrees", *kept))]
        (folder / "grader.py").write_text("@check".join([head, *chosen]))
        return load_problem(folder)

    return made


def checks(source: str, sandbox: Sandbox, problem: Problem | None = None) -> dict[str, CheckResult]:
    report = report_of(problem or tiny("pace"), source, sandbox)
    assert report.outcome != "broken", report
    return by_name(report)


def test_a_solution_equal_to_the_reference_passes_and_its_figures_are_told(sandbox: Sandbox) -> None:
    found = checks(FAST, sandbox)
    assert {check.outcome for check in found.values()} == {"passed"}, found
    race = found["test_is_fast"].detail
    assert race["kind"] == "race"
    assert race["low"] <= race["ratio"] <= race["high"]
    assert 0.6 < race["ratio"] < 1.6
    assert race["bar"] == 2.0
    assert race["pairs"] == len(race["ratios"])
    assert race["calls"] >= race["pairs"]
    assert race["decided"]
    assert race["solution_wall_s"] > 0 < race["reference_wall_s"]
    assert race["solution_s"] > 0 < race["reference_s"]
    growth = found["test_grows_in_proportion"].detail
    assert growth["kind"] == "growth"
    assert growth["low"] <= growth["exponent"] <= growth["high"]
    assert 0.6 < growth["exponent"] < 1.4
    assert 0.6 < growth["reference_exponent"] < 1.4
    assert growth["excess_low"] <= growth["excess"] <= growth["excess_high"]
    assert abs(growth["excess"]) < 0.3
    assert growth["decided"]
    assert growth["left_out"] == []
    assert len(growth["sizes"]) == len(growth["solution_s"]) == len(growth["reference_s"])
    memory = found["test_needs_little_memory"].detail
    assert memory["kind"] == "memory"
    assert 0 <= memory["peak_mb"] < memory["bar_mb"] == 24
    assert 0 <= memory["reference_mb"] < 24


def test_four_times_the_cost_fails_the_race_and_nothing_else(sandbox: Sandbox) -> None:
    found = checks(SLOW, sandbox)
    failed = [name for name, check in found.items() if check.outcome != "passed"]
    assert failed == ["test_is_fast"]
    race = found["test_is_fast"]
    assert 3 < race.detail["ratio"] < 5.5
    assert race.detail["decided"]
    assert "times the reference" in race.message
    assert "at most 2 times" in race.message


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_with_time_gains_nothing(trick: str, sandbox: Sandbox, pace: Callable[..., Problem]) -> None:
    found = checks(TRICKS[trick], sandbox, pace("test_is_fast"))
    assert found["test_agrees"].outcome == "passed", "the trick must be a right solution, only a slow one"
    assert found["test_is_fast"].outcome == "failed", found["test_is_fast"].detail


@pytest.mark.parametrize("source", [LAZY, REMEMBERS], ids=["lazy", "remembers the first answer"])
def test_an_answer_that_is_not_there_is_no_answer(source: str, sandbox: Sandbox, pace: Callable[..., Problem]) -> None:
    race = checks(source, sandbox, pace("test_is_fast"))["test_is_fast"]
    assert race.outcome == "failed"
    assert "the answer" in race.message


def test_the_square_fails_where_proportion_is_asked_for(sandbox: Sandbox, pace: Callable[..., Problem]) -> None:
    growth = checks(QUADRATIC, sandbox, pace("test_grows_in_proportion"))["test_grows_in_proportion"]
    assert growth.outcome == "failed"
    assert growth.detail["low"] > 1.4
    assert "cost grows as size to the power" in growth.message


def test_a_hoard_fails_where_little_memory_is_asked_for(sandbox: Sandbox, pace: Callable[..., Problem]) -> None:
    found = checks(HOARDING, sandbox, pace("test_needs_little_memory"))
    memory = found["test_needs_little_memory"]
    assert memory.outcome == "failed"
    assert 70 < memory.detail["peak_mb"] < 100
    assert "at most 24 MB" in memory.message
