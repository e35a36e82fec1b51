"""What hidden checks bring into a jail never comes out of it by way of visible ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograders.problem import Problem, load_problem
from autograders.sandbox import Sandbox
from tests.autograders.support import PROBLEMS, by_name, report_of

HIDDEN = '''@check(points=1, hidden=True)
def test_secret(solution):
    """Secret."""
    assert solution.double(4321.0) == 8642.0
'''
VISIBLE = '''@check(points=1{more})
def test_shown(solution):
    """Shown."""
    assert solution.double(1.0) == 2.0
'''
REMEMBERS = """
import time

seen = []

def double(x):
    seen.append(x)
    print("seen", seen, flush=True)
    if x > 1000:
        stop = time.process_time() + 0.3
        while time.process_time() < stop:
            pass
    if x == 1.0 and len(seen) > 1:
        raise ValueError(f"before this came {seen}")
    return 2 * x
"""


def problem_of(folder: Path, *checks: str) -> Problem:
    for name in ("problem.toml", "statement.md", "starter.py", "reference.py"):
        (folder / name).write_text((PROBLEMS / "double" / name).read_text())
    (folder / "grader.py").write_text("from autograders.judge import check\n\n\n" + "\n\n".join(checks))
    return load_problem(folder)


@pytest.mark.parametrize("more", ["", ', depends_on=("test_secret",)'])
def test_a_visible_check_finds_nothing_of_a_hidden_one(tmp_path: Path, sandbox: Sandbox, more: str) -> None:
    problem = problem_of(tmp_path, HIDDEN, VISIBLE.replace("{more}", more))
    report = report_of(problem, REMEMBERS, sandbox)
    checks = by_name(report)
    assert checks["test_shown"].outcome == "passed", checks["test_shown"].message
    assert checks["test_secret"].outcome == "passed"
    assert "4321" not in str(report.for_learner().to_json())
    assert "seen [1.0]" in report.output


def test_what_hidden_checks_use_is_counted_apart(tmp_path: Path, sandbox: Sandbox) -> None:
    report = report_of(problem_of(tmp_path, HIDDEN, VISIBLE.replace("{more}", "")), REMEMBERS, sandbox)
    assert report.resources["cpu_s"] > 0.3
    assert report.visible_resources["cpu_s"] < 0.2
    assert report.for_learner().resources == report.visible_resources
