"""Both sides of a race are treated alike: what they are forked from, what they call, what the wire costs them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograders.problem import Problem, load_problem
from autograders.report import CheckResult
from autograders.sandbox import Jail, JailSpec, Sandbox
from autograders.sandbox.pool import Kind
from tests.autograders.support import PROBLEMS, by_name, report_of

ECHO = '''
import numpy as np

from autograders.judge import check


@check(points=1)
def test_is_fast(race, rng):
    """echo costs at most one and a half times what the reference costs."""
    race("checksum", lambda: (rng.normal(size=200_000),)).at_most(1.5)
'''
RACE = '''
from autograders.judge import assert_same, check


@check(points=1)
def test_is_fast(race, rng):
    """checksum costs at most twice what the reference does."""
    race("checksum", lambda: (rng.integers(1_000_003, size=20_000).tolist(),), compare=assert_same).at_most(2.0)
'''
PLAIN = """
def checksum(values):
    state = 1
    for value in values:
        state = (state * 31 + value) % 1_000_003
    return state
"""


@pytest.fixture
def problem(tmp_path: Path) -> Callable[[str, str], Problem]:
    def made(grader: str, reference: str) -> Problem:
        folder = Path(shutil.copytree(PROBLEMS / "pace", tmp_path / "pace"))
        (folder / "grader.py").write_text(grader)
        (folder / "reference.py").write_text(reference)
        return load_problem(folder)

    return made


def only_check(problem: Problem, source: str, sandbox: Sandbox) -> CheckResult:
    report = report_of(problem, source, sandbox)
    assert report.outcome != "broken", report
    return by_name(report)["test_is_fast"]


def specs_of(problem: Problem, source: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[JailSpec]:
    specs: list[JailSpec] = []
    opened = sandbox.open

    def noted(spec: JailSpec) -> Jail:
        specs.append(spec)
        return opened(spec)

    monkeypatch.setattr(sandbox, "open", noted)
    assert only_check(problem, source, sandbox).outcome == "passed"
    return [spec for spec in specs if spec.core is not None]


def test_both_are_forked_from_the_same_process_and_the_reference_stays_trusted(
    problem: Callable[[str, str], Problem], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed = specs_of(problem(RACE, PLAIN), PLAIN, sandbox, monkeypatch)
    assert {spec.side for spec in timed} == {"learner", "trusted"}
    assert len({Kind.of(spec) for spec in timed}) == 1


def test_a_reference_that_needs_more_than_the_environment_has_is_timed_all_the_same(
    problem: Callable[[str, str], Problem], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("scipy")
    timed = specs_of(problem(RACE, "import scipy.special\n" + PLAIN), PLAIN, sandbox, monkeypatch)
    kinds = {(spec.side, Kind.of(spec).side) for spec in timed if spec.side == "trusted"}
    assert ("trusted", "trusted") in kinds
    tried = [spec for spec in timed if spec.side == "trusted" and spec.beside]
    assert len(tried) == 1, "once is enough to know"


def test_work_that_is_nothing_but_the_wire_passes_against_itself(
    problem: Callable[[str, str], Problem], sandbox: Sandbox
) -> None:
    echo = "def checksum(values):\n    return values\n"
    check = only_check(problem(ECHO, echo), echo, sandbox)
    assert check.outcome == "passed", check


def test_a_reference_that_fails_while_the_wire_is_measured_is_the_graders_fault(
    problem: Callable[[str, str], Problem], sandbox: Sandbox
) -> None:
    report = report_of(problem(RACE, "def checksum(values):\n    raise ValueError('no')\n"), PLAIN, sandbox)
    assert report.outcome == "broken"
    assert "its reference did not answer" in by_name(report)["test_is_fast"].message
