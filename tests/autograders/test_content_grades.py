"""Every problem of the content is graded as it should be, and alike in both placements."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from autograders.engine import grade
from autograders.problem import Problem, load_problem
from autograders.report import Finished, Report
from autograders.sandbox import Sandbox, open_sandbox
from autograders.submission import read_path

CONTENT = Path(__file__).parents[2] / "content"
PROBLEMS = sorted(path.parent for path in CONTENT.glob("*/*/problem.toml"))
PLACEMENTS = ["local", pytest.param("docker", marks=pytest.mark.docker)]

problems = pytest.mark.parametrize("folder", PROBLEMS, ids=lambda path: path.name)


@pytest.fixture(scope="module", params=PLACEMENTS)
def placed(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with open_sandbox(request.param) as sandbox:
        yield sandbox


@cache
def problem_in(folder: Path) -> Problem:
    return load_problem(folder)


def graded(problem: Problem, file: Path, sandbox: Sandbox) -> Report:
    last = list(grade(problem, read_path(file), sandbox))[-1]
    assert isinstance(last, Finished)
    return last.report


def complaint(file: Path, report: Report) -> str:
    """One line on a verdict that was not expected."""
    failed = [f"{check.name}: {check.message}" for check in report.checks if check.outcome != "passed"]
    return f"{file.name}: {report.outcome}, {report.score} of {report.max_score} {report.message} {failed}"


@problems
def test_reference_and_accepted_variants_get_full_marks(folder: Path, placed: Sandbox) -> None:
    problem = problem_in(folder)
    files = [folder / "reference.py", *problem.solutions("accepted")]
    assert len(files) >= 3
    reports = [(file, graded(problem, file, placed)) for file in files]
    assert [complaint(*item) for item in reports if item[1].outcome != "passed"] == []
    assert {report.score for _, report in reports} == {100.0}


@problems
def test_starter_and_every_mutant_are_refused(folder: Path, placed: Sandbox) -> None:
    problem = problem_in(folder)
    mutants = problem.solutions("mutants")
    assert len(mutants) >= 5
    reports = [(file, graded(problem, file, placed)) for file in (folder / "starter.py", *mutants)]
    assert [complaint(*item) for item in reports if item[1].outcome != "failed"] == []
    assert all(report.score < report.max_score for _, report in reports)


@problems
def test_problem_keeps_the_standard_of_its_folder(folder: Path) -> None:
    problem = problem_in(folder)
    assert problem.id == folder.name
    assert problem.max_score == 100
    assert problem.text("statement.md").strip()
    assert problem.text("editorial.md").strip()
    assert problem.references
    for entry in problem.entry_points:
        assert entry.name in problem.text("statement.md")
        assert entry.name in problem.text("starter.py")
    for mutant in problem.solutions("mutants"):
        first = mutant.read_text().splitlines()[0]
        assert first.startswith(("# ", '"""')), f"{mutant.name}: its first line must name the mistake"
