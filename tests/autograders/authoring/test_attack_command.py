"""`python -m autograders attack`: what it prints, its options and its exit status."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from autograders.__main__ import main
from autograders.authoring.conditions import CONDITIONS
from autograders.authoring.firing import suited
from autograders.problem import load_problem
from autograders.sandbox import Sandbox, SandboxUnavailable
from tests.autograders.support import PROBLEMS

Capture = pytest.CaptureFixture[str]
DOUBLE = PROBLEMS / "double"


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """One at a time it is fired in this process, in the tests' own sandbox."""
    monkeypatch.setattr("autograders.authoring.workers.open_sandbox", lambda _name: contextlib.nullcontext(sandbox))


def run(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    """Exit status, output and errors of one command."""
    try:
        status = main(["attack", *(str(argument) for argument in arguments)])
    except SystemExit as exit_:  # argparse's own way
        status = int(str(exit_.code))
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_table_grows_line_by_line_and_ends_with_the_count(capsys: Capture) -> None:
    status, out, err = run(capsys, DOUBLE, "--only", "F17a", "E01a", "--jobs", 1)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("F17a  FORGE   held")
    assert lines[1].startswith("E01a  ESCAPE  held")
    assert lines[-1] == "all       0 of 2 succeeded"


def test_json_has_exactly_the_agreed_fields(capsys: Capture) -> None:
    status, out, _ = run(capsys, DOUBLE, "--only", "F05", "--json", "--jobs", 1)
    assert status == 0
    assert out.count("\n") == 1
    data = json.loads(out)
    assert set(data) == {"attacks"}
    assert [attack["id"] for attack in data["attacks"]] == ["F05a", "F05b"]
    for attack in data["attacks"]:
        assert set(attack) == {"id", "class", "title", "succeeded", "evidence"}
        assert attack["class"] == "FORGE"
        assert attack["succeeded"] is False
        assert attack["evidence"]


def test_an_attack_that_succeeds_is_shown_with_its_evidence_and_exits_1(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CONDITIONS, "late", lambda seen: iter(["somebody slept"]))
    status, out, _ = run(capsys, DOUBLE, "--only", "F17a", "--jobs", 1)
    assert status == 1
    assert "F17a  FORGE   SUCCEEDED" in out
    assert "late: somebody slept" in out
    assert "all       1 of 1 succeeded" in out
    status, out, _ = run(capsys, DOUBLE, "--only", "F17a", "--jobs", 1, "--json")
    assert status == 1
    assert json.loads(out)["attacks"][0]["succeeded"] is True


def test_several_at_once_give_the_same_as_one_after_the_other(capsys: Capture) -> None:
    status, out, err = run(capsys, DOUBLE, "--only", "F17", "E01", "--jobs", 2, "--json")
    assert (status, err) == (0, "")
    assert [attack["id"] for attack in json.loads(out)["attacks"]] == ["F17a", "F17b", "E01a", "E01b"]


def test_another_problem_is_attacked_by_what_makes_sense_there(capsys: Capture) -> None:
    fit = [attack.id for attack in suited(load_problem(DOUBLE)) if attack.threat in ("F05", "L07", "L03", "C05", "D06")]
    assert fit == ["F05a", "F05b", "L03a", "D06a", "D06b"]
    status, out, _ = run(capsys, DOUBLE, "--only", *fit, "--json", "--jobs", 1)
    assert status == 0
    assert [attack["id"] for attack in json.loads(out)["attacks"]] == fit


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "Z99"], "--only: Z99 is not an attack that can be fired at target"),
        ([DOUBLE, "--only", "C05a"], "--only: C05a is not an attack that can be fired at double"),
        (["--only", "F05a", "--class", "DOS"], "no attack is of that id and that class"),
        (["--jobs", "0"], "--jobs: 0 is too few"),
        (["nothing-here"], "nothing-here: no such folder"),
    ],
)
def test_what_cannot_be_fired_exits_2_with_one_sentence(capsys: Capture, arguments: list[str], words: str) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("line", ["--class CRIME", "--sandbox none", "a b", "--jobs many", "--only"])
def test_wrong_usage_exits_2(capsys: Capture, line: str) -> None:
    status, _, err = run(capsys, *line.split())
    assert status == 2
    assert "usage:" in err


def test_without_a_sandbox_it_exits_3_and_says_why(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_name: str) -> Sandbox:
        raise SandboxUnavailable("this host has no jail")

    monkeypatch.setattr("autograders.authoring.workers.open_sandbox", none)
    status, out, err = run(capsys, "--only", "F05a", "--jobs", 1)
    assert (status, out, err) == (3, "", "autograders: this host has no jail\n")


def test_where_honest_work_fails_nothing_is_said_of_attacks(capsys: Capture, tmp_path: Path) -> None:
    problem = load_problem(DOUBLE)
    folder = tmp_path / "double"
    folder.mkdir()
    for path in problem.path.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "reference.py").write_text("def double(x):\n    return x + x if x else 1 / 0\n")
    (folder / "grader.py").write_text(
        "from autograders.judge import assert_same, check\n\n\n@check(points=1)\n"
        'def test_it(solution):\n    """It."""\n    assert_same(solution.double(0), 0)\n'
    )
    status, out, err = run(capsys, folder, "--jobs", 1)
    assert (status, out) == (3, "")
    assert "the reference of double does not pass" in err
