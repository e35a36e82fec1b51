"""The grader without a wall as `fire` takes one: runs it in a folder of its own and believes what it finds there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from autograders.authoring.arming import ENVIRONMENT
from autograders.problem import Problem
from autograders.report import CheckOutcome, CheckResult, Report
from autograders.sandbox import Sandbox
from autograders.submission import Submission

ROOT = Path(__file__).resolve().parents[3]
NAIVE = Path(__file__).with_name("without_a_wall.py")
PATIENCE_S = 20


def grade_without_a_wall(
    problem: Problem, submission: Submission, sandbox: Sandbox, secret: bytes, visible_only: bool
) -> Report:
    """One run of the naive grader; a results file counts, and where there is none, the exit status."""
    with tempfile.TemporaryDirectory(prefix="no-wall-") as top:
        folder = Path(top) / "work"
        shutil.copytree(problem.path, folder, ignore=shutil.ignore_patterns("problem.toml", "*.md", "starter.py"))
        for name, content in submission.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        status, output = _run(folder, submission, secret)
        found: dict[str, str] = {}
        said: dict[str, str] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):
            checks = json.loads((folder / "results.json").read_text())["checks"]
            found = {check["name"]: check["outcome"] for check in checks}
            said = {check["name"]: str(check.get("message", "")) for check in checks}
        if not (folder / "results.json").exists() and status == 0:
            found = {spec.name: "passed" for spec in problem.checks}
    return _report(problem, found, said, output, visible_only)


def _run(folder: Path, submission: Submission, secret: bytes) -> tuple[int, str]:
    seed = str(int(submission.digest[:8], 16))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    environment |= {ENVIRONMENT: os.environ[ENVIRONMENT], "GRADING_SECRET": secret.decode(), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, str(NAIVE), seed],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output = process.communicate(timeout=PATIENCE_S)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        output = process.communicate()[0]
    return process.returncode, output.decode("utf-8", "replace")


def _report(problem: Problem, found: dict[str, str], said: dict[str, str], output: str, visible_only: bool) -> Report:
    checks = []
    for spec in problem.checks:
        if not (visible_only and spec.hidden):
            outcome: CheckOutcome = "passed" if found.get(spec.name) == "passed" else "failed"
            points, words = spec.points if outcome == "passed" else 0.0, said.get(spec.name, "")
            # Everything is shown: this grader hides nothing.
            checks.append(CheckResult(spec.name, spec.title, outcome, points, spec.points, message=words))
    return Report(
        problem=problem.id,
        problem_version=problem.version,
        outcome="passed" if all(check.outcome == "passed" for check in checks) else "failed",
        score=sum(check.points for check in checks),
        max_score=sum(check.max_points for check in checks),
        checks=tuple(checks),
        limits={},
        environment={},
        resources={},
        output=output,
    )
