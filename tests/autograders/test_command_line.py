"""`python -m autograders grade`: what it prints and its exit status, as the contract says."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograders.__main__ import main
from autograders.report import Report
from autograders.sandbox import Sandbox
from tests.autograders.support import DATA, PROBLEMS

DOUBLE, SERIES, GOLDEN = PROBLEMS / "double", PROBLEMS / "series", DATA / "golden"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Commands run in this process share the tests' sandbox; what starts its own runs in another."""
    monkeypatch.setattr("autograders.commands.grade.open_sandbox", lambda _name: contextlib.nullcontext(sandbox))


def run(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    """Exit status, output and errors of one command."""
    try:
        status = main([str(argument) for argument in arguments])
    except SystemExit as exit_:  # argparse's own way
        status = int(str(exit_.code))
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_graded_submission_exits_0_whatever_its_score(capsys: Capture) -> None:
    for submission, score in ((DOUBLE / "reference.py", "1 of 1"), (DOUBLE / "starter.py", "0 of 1")):
        status, out, err = run(capsys, "grade", DOUBLE, submission)
        assert (status, err) == (0, "")
        assert f"{score} points" in out


def test_json_has_exactly_the_agreed_fields(capsys: Capture) -> None:
    status, out, _ = run(capsys, "grade", SERIES, GOLDEN / "wrong_value_shows_both" / "submission", "--json")
    assert status == 0
    data = json.loads(out)
    agreed = "version problem problem_version outcome score max_score checks limits environment resources"
    assert set(agreed.split()) <= set(data)
    assert set(data) - set(agreed.split()) == {"message", "output", "visible_resources"}
    check = data["checks"][0]
    assert set(check) == set("name title outcome points max_points hidden message hint seconds detail".split())
    assert set(data["limits"]) == {"cpu_s", "wall_s", "memory_mb", "output_kb"}
    assert {"python", "packages", "cpu", "digest"} <= set(data["environment"])
    assert set(data["resources"]) == {"cpu_s", "wall_s", "peak_mb"}
    assert data["outcome"] == "failed"
    assert check["detail"] == {"kind": "comparison", "expected": "7", "actual": "8"}
    assert Report.from_json(data).to_json() == data


def test_json_is_one_object_on_one_line_and_nothing_else(capsys: Capture) -> None:
    _, out, err = run(capsys, "grade", DOUBLE, DOUBLE / "reference.py", "--json")
    assert err == ""
    assert out.count("\n") == 1


def test_the_terminal_shows_what_a_learner_needs(capsys: Capture) -> None:
    _, out, _ = run(capsys, "grade", SERIES, GOLDEN / "wrong_value_shows_both" / "submission")
    lines = [line.strip() for line in out.splitlines()]
    assert "6 checks" in lines
    assert any(line.startswith("Failed") and line.endswith("total adds three numbers.") for line in lines)
    assert "expected  7" in lines
    assert "found     8" in lines
    assert any(line.startswith("Skipped") for line in lines)
    assert "series: failed, 8 of 13 points" in out


def test_a_refused_submission_says_why_it_was_not_run(capsys: Capture) -> None:
    status, out, _ = run(capsys, "grade", SERIES, GOLDEN / "does_not_parse" / "submission")
    assert status == 0
    assert "not run: solution.py line 1: this does not parse as Python" in out


def test_visible_runs_the_visible_checks_only(capsys: Capture) -> None:
    _, out, _ = run(capsys, "grade", SERIES, SERIES / "reference.py", "--visible", "--json")
    assert json.loads(out)["max_score"] == 10.0


def test_a_submission_may_be_a_file_a_folder_or_an_archive(capsys: Capture, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(DOUBLE / "reference.py", folder / "solution.py")
    archives = [shutil.make_archive(str(tmp_path / kind), kind, folder) for kind in ("zip", "tar", "gztar")]
    for submission in (folder / "solution.py", folder, *archives):
        status, out, _ = run(capsys, "grade", DOUBLE, submission)
        assert (status, "1 of 1 points" in out) == (0, True), submission


@pytest.mark.parametrize(
    ("problem", "submission", "words"),
    [
        ("nothing", "reference.py", "nothing: no such folder"),
        ("double", "absent.py", "cannot be read: No such file or directory"),
        ("double", "statement.md", "statement.md: is not a .py file"),
        ("double", "", "holds no solution.py"),
    ],
    ids=["no problem", "no submission", "another kind", "the problem itself"],
)
def test_what_cannot_be_read_exits_2_with_one_sentence(
    capsys: Capture, problem: str, submission: str, words: str
) -> None:
    status, out, err = run(capsys, "grade", PROBLEMS / problem, DOUBLE / submission)
    assert (status, out) == (2, "")
    assert err.startswith("autograders: ")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("line", ["", "grade", "grade x", "no-such-command", "grade x y --sandbox none", "grade x y z"])
def test_wrong_usage_exits_2(capsys: Capture, line: str) -> None:
    status, _, err = run(capsys, *line.split())
    assert status == 2
    assert "usage:" in err


def test_a_broken_run_exits_3(capsys: Capture, tmp_path: Path) -> None:
    folder = shutil.copytree(DOUBLE, tmp_path / "double")
    (folder / "reference.py").write_text("def double(x):\n    raise RuntimeError('half written')\n")
    status, out, _ = run(capsys, "grade", folder, DOUBLE / "reference.py", "--json")
    assert status == 3
    data: dict[str, Any] = json.loads(out)
    assert data["outcome"] == "broken"
    assert "half written" in data["checks"][0]["message"]


def test_it_runs_as_a_module_and_needs_neither_site_nor_settings(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "autograders", "grade", DOUBLE, DOUBLE / "reference.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "double: passed, 1 of 1 points" in done.stdout


def test_the_same_secret_gives_the_same_verdict_text(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def message(secret: str) -> str:
        monkeypatch.setenv("GRADING_SECRET", secret)
        _, out, _ = run(capsys, "grade", SERIES, GOLDEN / "forged_array" / "submission", "--json")
        return str([check["detail"] for check in json.loads(out)["checks"]])

    assert message("one") == message("one")
    assert message("one") != message("two")
