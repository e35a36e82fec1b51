"""What a run may use in all, and what its checks find in the process that they share."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograders.problem import load_problem
from autograders.sandbox import Sandbox
from tests.autograders.engine.test_hidden_and_visible_are_apart import problem_of
from tests.autograders.support import by_name, report_of

BURNS = """
import time

def double(x):
    stop = time.process_time() + 0.09
    while time.process_time() < stop:
        pass
    return 2 * x
"""
MANY = """import pytest


@check(points=1{hidden})
@pytest.mark.parametrize("n", range(40))
def test_many(solution, n):
    \"\"\"Many.\"\"\"
    assert solution.double(1.0) == 2.0
"""
COUNTS = """
calls = 0

def double(x):
    global calls
    calls += 1
    return float(calls)
"""
TWICE = """@check(points=1)
@pytest.mark.parametrize("n", [1, 2])
def test_{fixture}({fixture}, n):
    \"\"\"Twice.\"\"\"
    assert {fixture}.double(0.0) == {wanted}
"""


@pytest.mark.parametrize("hidden", ["", ", hidden=True"])
def test_checks_beyond_the_share_of_cpu_time_fail_and_say_so(tmp_path: Path, sandbox: Sandbox, hidden: str) -> None:
    problem_of(tmp_path, MANY.replace("{hidden}", hidden))
    settings = tmp_path / "problem.toml"
    settings.write_text(settings.read_text().replace("cpu_s = 1", "cpu_s = 0.1"))
    report = report_of(load_problem(tmp_path), BURNS, sandbox)
    check = report.checks[0]
    assert (report.outcome, check.outcome) == ("failed", "failed")
    assert "all the CPU time that one submission gets" in check.message
    assert 0 < check.points < 1
    assert report.resources["cpu_s"] < 4


def test_a_fresh_solution_remembers_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    fresh, shared = TWICE.format(fixture="fresh_solution", wanted="1.0"), TWICE.format(fixture="solution", wanted="n")
    checks = by_name(report_of(problem_of(tmp_path, "import pytest", fresh, shared), COUNTS, sandbox))
    assert {name: check.outcome for name, check in checks.items()} == {
        "test_fresh_solution": "passed",
        "test_solution": "passed",
    }
