"""Every problem of the curriculum tells right from wrong: its own solutions are the proof."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path

import pytest

from autograders.engine import grade
from autograders.problem import load_problem
from autograders.report import CheckFinished, CheckResult, Finished
from autograders.sandbox import Sandbox
from autograders.submission import read_path

CONTENT = Path(__file__).parent.parent.parent / "content"
FOLDERS = sorted(path.parent for path in CONTENT.glob("*/*/problem.toml"))


def failures(folder: Path, solution: Path, sandbox: Sandbox) -> Generator[CheckResult, None, None]:
    """The checks that a solution fails, as they come: whoever needs one only need not wait for the rest."""
    for event in grade(load_problem(folder), read_path(solution), sandbox):
        if isinstance(event, CheckFinished):
            assert event.check.outcome != "broken", f"{solution.name}: {event.check.name}: {event.check.message}"
            if event.check.outcome == "failed":
                yield event.check
        elif isinstance(event, Finished):
            assert event.report.outcome != "broken", f"{solution.name}: {event.report.message}"


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_there_is_content() -> None:
    assert FOLDERS


@pytest.mark.timeout(600)
def test_right_solutions_get_full_marks(folder: Path, sandbox: Sandbox) -> None:
    accepted = load_problem(folder).solutions("accepted")
    assert len(accepted) >= 2
    refused = [
        f"{solution.name}: {check.name}: {check.message}"
        for solution in (folder / "reference.py", *accepted)
        for check in failures(folder, solution, sandbox)
    ]
    assert refused == []


@pytest.mark.timeout(600)
def test_wrong_solutions_do_not(folder: Path, sandbox: Sandbox) -> None:
    mutants = load_problem(folder).solutions("mutants")
    assert len(mutants) >= 5
    passed = []
    for solution in (folder / "starter.py", *mutants):
        with contextlib.closing(failures(folder, solution, sandbox)) as found:
            if next(found, None) is None:
                passed.append(solution.name)
    assert passed == []


def test_every_mutant_says_in_its_first_line_what_is_wrong_with_it(folder: Path) -> None:
    for solution in load_problem(folder).solutions("mutants"):
        first = solution.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(('"""', "#")), f"{solution.name}: the first line must say which mistake it holds"
