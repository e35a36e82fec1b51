"""Every problem of the curriculum tells right from wrong: its own solutions are the proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograders.problem import load_problem
from autograders.report import Report
from autograders.sandbox import Sandbox
from autograders.submission import read_path
from tests.autograders.support import report_of

CONTENT = Path(__file__).parent.parent.parent / "content"
FOLDERS = sorted(path.parent for path in CONTENT.glob("*/*/problem.toml"))


def verdict(folder: Path, name: Path, sandbox: Sandbox) -> Report:
    report = report_of(load_problem(folder), read_path(name), sandbox)
    assert report.outcome != "broken", (report.message, [c.message for c in report.checks if c.outcome == "broken"])
    return report


def complaints(report: Report) -> list[tuple[str, str]]:
    return [(check.name, check.message) for check in report.checks if check.outcome != "passed"]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_there_is_content() -> None:
    assert FOLDERS


@pytest.mark.timeout(600)
def test_right_solutions_get_full_marks(folder: Path, sandbox: Sandbox) -> None:
    accepted = load_problem(folder).solutions("accepted")
    assert len(accepted) >= 2
    refused = {}
    for solution in (folder / "reference.py", *accepted):
        report = verdict(folder, solution, sandbox)
        if report.outcome != "passed":
            refused[solution.name] = complaints(report)
    assert refused == {}


@pytest.mark.timeout(900)
def test_wrong_solutions_do_not(folder: Path, sandbox: Sandbox) -> None:
    mutants = load_problem(folder).solutions("mutants")
    assert len(mutants) >= 5
    passed = [
        solution.name
        for solution in (folder / "starter.py", *mutants)
        if verdict(folder, solution, sandbox).outcome == "passed"
    ]
    assert passed == []


def test_every_mutant_says_in_its_first_line_what_is_wrong_with_it(folder: Path) -> None:
    for solution in load_problem(folder).solutions("mutants"):
        first = solution.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(('"""', "#")), f"{solution.name}: the first line must say which mistake it holds"
