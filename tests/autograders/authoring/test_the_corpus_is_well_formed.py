"""Every threat has its attacks, every file its header, and a header that is wrong is named."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from autograders.authoring.conditions import CONDITIONS
from autograders.authoring.corpus import (
    AIMS,
    ALWAYS,
    ATTACKS,
    CLASSES,
    FIELDS,
    Attack,
    CorpusError,
    load_controls,
    load_corpus,
    read_attack,
)
from autograders.authoring.firing import suited, target
from tests.autograders.authoring.support import ROOT
from tests.autograders.support import tiny

THREATS = {"F": 21, "L": 9, "C": 11, "E": 12, "D": 18}
GOOD = 'id = "F01z"\ntitle = "T"\ngoal = "G"\nsucceeds = ["score"]\n'


def test_every_threat_is_represented() -> None:
    wanted = {f"{letter}{number:02}" for letter, most in THREATS.items() for number in range(1, most + 1)}
    assert {attack.threat for attack in load_corpus()} == wanted


def test_there_are_enough_attacks_and_no_two_of_one_id() -> None:
    counts = Counter(attack.id for attack in load_corpus())
    assert len(counts) >= 95
    assert max(counts.values()) == 1
    assert len({attack.title for attack in load_corpus()}) == len(counts)


@pytest.mark.parametrize("attack", load_corpus(), ids=lambda attack: attack.id)
def test_a_file_lies_in_the_folder_of_its_class_and_names_what_exists(attack: Attack) -> None:
    assert attack.path.parent == ATTACKS / attack.kind.lower()
    assert attack.aims, "an attack is after something"
    checks = {spec.name for spec in target().checks}
    assert set(attack.honest) <= checks
    assert not (attack.any_problem and attack.honest), "checks are named by the target alone"
    assert not (attack.any_problem and attack.base == "none"), "elsewhere an attack builds on the starter"


def test_no_two_attacks_have_the_same_code() -> None:
    trees = Counter(ast.dump(ast.Module(ast.parse(attack.text).body[1:], [])) for attack in load_corpus())
    assert max(trees.values()) == 1


def test_there_are_three_honest_controls() -> None:
    assert [control.id for control in load_controls()] == ["H01", "H02", "H03"]
    everything = {spec.name for spec in target().checks}
    assert set(load_controls()[0].honest) == everything
    assert 0 < len(load_controls()[1].honest) < len(everything)


def test_each_aim_has_its_condition() -> None:
    assert set(CONDITIONS) == set(AIMS)
    assert set(ALWAYS) < set(AIMS)


def test_the_target_has_something_of_every_kind_to_win() -> None:
    source = target().text("grader.py")
    for kind in ("race(", "growth(", "memory(", "pytest.raises", "parametrize", "hidden=True", "np.testing"):
        assert kind in source
    assert any(spec.hidden for spec in target().checks)
    assert any(not spec.hidden for spec in target().checks)
    assert target().rules.forbidden_imports
    assert target().rules.forbidden_calls


def test_against_another_problem_only_those_are_fired_that_make_sense_there() -> None:
    fit = suited(tiny("double"))
    assert 30 <= len(fit) < len(load_corpus())
    assert {attack.kind for attack in fit} == {kind for kind in CLASSES.values() if kind != "HONEST"}
    assert suited(target()) == load_corpus()


def test_the_package_ships_what_the_corpus_needs() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["autograders"]
    package = ROOT / "autograders"
    shipped = {path for pattern in patterns for path in package.glob(pattern)}
    needed = [attack.path for attack in (*load_corpus(), *load_controls())]
    needed += [path for path in target().path.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {Path(path) for path in needed} <= shipped


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "id is missing"),
        (GOOD.replace("F01z", "X01z"), "must begin with its id"),
        (GOOD.replace("F01z", "F02a"), "must begin with its id, F02a"),
        (GOOD.replace("score", "fame"), "succeeds: 'fame' is not one of score, canary"),
        (GOOD + "colour = 1\n", "unknown field 'colour'"),
        (GOOD + 'base = "thin air"\n', "base must be none or starter"),
        (GOOD + 'form = "song"\n', "form must be source or upload"),
        (GOOD + 'stops = "many"\n', "stops must be a int"),
        (GOOD + "honest = [1]\n", "honest must be a list of texts"),
        ("id = ", "its header cannot be read"),
    ],
)
def test_a_header_that_is_wrong_is_named(tmp_path: Path, header: str, words: str) -> None:
    path = tmp_path / "F01z-made-up.py"
    path.write_text(f'"""\n{header}"""\n\nx = 1\n')
    with pytest.raises(CorpusError, match=r"F01z-made-up\.py") as error:
        read_attack(path)
    assert words in str(error.value)


def test_a_header_that_is_right_is_read(tmp_path: Path) -> None:
    path = tmp_path / "F01z-made-up.py"
    path.write_text(f'"""\n{GOOD}"""\n\nx = 1\n')
    attack = read_attack(path)
    assert (attack.id, attack.kind, attack.threat, attack.aims) == ("F01z", "FORGE", "F01", ("score",))


def test_the_page_on_attacks_names_every_field_condition_class_and_blank() -> None:
    page = (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in page] == []
    assert [aim for aim in AIMS if f"| `{aim}` |" not in page] == []
    assert [kind for kind in CLASSES.values() if kind != "HONEST" and f"| {kind} |" not in page] == []
    used = {blank for attack in load_corpus() for blank in re.findall(r"@([A-Z]+)@", attack.text)}
    assert [blank for blank in used if f"`@{blank}@`" not in page] == []
