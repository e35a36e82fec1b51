"""A tiny problem with another grader, for what an author's code may do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograders.problem import load_problem
from autograders.report import CheckResult, Report
from autograders.sandbox import Sandbox
from tests.autograders.support import PROBLEMS, report_of

HEAD = (
    "import numpy as np\nimport pytest\n\nfrom autograders.judge import *\n\n\n"
    '@check(points=1)\ndef test_it(solution, reference, rng, memory, race, gradients):\n    """It."""\n'
)
Judge = Callable[..., CheckResult]
Grade = Callable[..., Report]


@pytest.fixture
def grade(tmp_path: Path, sandbox: Sandbox) -> Grade:
    """Grade a submission with the given body of one check; `reference` is the submission itself unless given."""

    def graded(body: str, source: str, reference: str = "") -> Report:
        folder = tmp_path / "double"
        shutil.copytree(PROBLEMS / "double", folder, dirs_exist_ok=True)
        lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
        (folder / "grader.py").write_text(HEAD + lines)
        ending = "\n\ndef double(x):\n    return x + x\n"
        (folder / "reference.py").write_text((reference or source) + ending)
        return report_of(load_problem(folder), source + ending, sandbox)

    return graded


@pytest.fixture
def judge(grade: Grade) -> Judge:
    """The result of that one check."""

    def judged(body: str, source: str, reference: str = "") -> CheckResult:
        report = grade(body, source, reference)
        assert not report.message, report.message
        return report.checks[0]

    return judged
