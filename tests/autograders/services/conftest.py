"""The tiny service problem, some of its checks alone, graded in one line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograders.problem import load_problem
from autograders.report import CheckResult
from autograders.sandbox import Sandbox
from tests.autograders.support import PROBLEMS, by_name, reference_of, report_of, tiny

REFERENCE = reference_of(tiny("scorer"))
HEAD = REFERENCE.split("def create_app")[0]
# An application around one handler; `features` is the store.
AROUND = (
    "import asyncio, os, threading, time\nfrom fastapi import FastAPI\n\n\ndef create_app(features):\n"
    "    app = FastAPI()\n{setup}\n\n    @app.get('/score')\n    async def score(user: str, x: int):\n{body}\n\n"
    "    return app\n"
)
Grade = Callable[..., dict[str, CheckResult]]


def app(body: str, setup: str = "") -> str:
    """An application with this body of its handler and this done beside it."""
    indented = "\n".join(f"        {line}" for line in body.splitlines())
    return AROUND.format(setup="\n".join(f"    {line}" for line in setup.splitlines()), body=indented)


@pytest.fixture
def grade(tmp_path: Path, sandbox: Sandbox) -> Grade:
    """Grade an application by the checks named, or by one check with the given body. `settings` replace lines."""

    def graded(
        source: str,
        *kept: str,
        body: str = "",
        grader: str = "",
        settings: dict[str, str] | None = None,
        reference: str = "",
    ) -> dict[str, CheckResult]:
        folder = Path(shutil.copytree(PROBLEMS / "scorer", tmp_path / "scorer", dirs_exist_ok=True))
        head, *parts = (PROBLEMS / "scorer" / "grader.py").read_text().split("@check")
        chosen = [part for part in parts if any(f"def {name}(" in part for name in kept)]
        if body:
            lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
            chosen = [f'(points=1)\ndef test_it(service, faults, rng):\n    """It."""\n{lines}\n']
        text = "@check".join([head, *chosen]).replace(', depends_on=["test_answers"]', "")
        (folder / "grader.py").write_text(grader or text)
        table = (PROBLEMS / "scorer" / "problem.toml").read_text()
        for old, new in (settings or {}).items():
            assert old in table
            table = table.replace(old, new)
        (folder / "problem.toml").write_text(table)
        if reference:
            (folder / "reference.py").write_text(reference)
        report = report_of(load_problem(folder), source, sandbox)
        assert report.message == "", report.message
        return by_name(report)

    return graded
