"""The page on the sandbox names every mechanism, limit and setting, in the order of the code, and tests that exist."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from autograders.authoring.corpus import load_corpus
from autograders.judge.plugin import MOST_STOPS, WEIGHT_OF_A_STOP
from autograders.sandbox import container_tries, hardening, mechanisms
from autograders.sandbox.docker import JAILS_PER_CONTAINER
from autograders.sandbox.limits import LIMIT_WORDING, JailLimits
from autograders.sandbox.local import JAILS_PER_ZYGOTE
from autograders.submission import DEFAULT_LIMITS
from autograders.wire.limits import DEFAULT

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "sandbox.md").read_text()
FLAT = " ".join(PAGE.split())


def row(name: str) -> str:
    """The row of a table that begins with that name."""
    return next(line for line in PAGE.splitlines() if line.startswith((f"| {name} |", f"| `{name}` |")))


def test_every_mechanism_is_named() -> None:
    containers = ("Docker engine", "container lock-down", "container limits", "another runtime", "fresh containers")
    assert {getattr(container_tries, name).name for name in ("ENGINE", "PROFILE", "LIMITS", "RUNTIME", "FRESH")} == {
        *containers
    }
    for name in (*(one.name for one in mechanisms.KERNEL), *containers):
        assert name in FLAT, name


def test_every_setting_that_the_engine_reads_is_in_the_table() -> None:
    source = "".join(path.read_text() for path in (ROOT / "autograders").rglob("*.py") if "attacks" not in path.parts)
    read = set(re.findall(r"environ(?:\.get)?[\[(]\"((?:SANDBOX|GRADING)\w*)\"", source))
    assert read >= {"SANDBOX", "SANDBOX_IMAGE", "GRADING_LANE_DIR"}
    for name in read:
        assert row(name)


@pytest.mark.parametrize("limit", [field.name for field in fields(JailLimits)])
def test_every_limit_of_a_jail_is_in_the_table_with_its_default(limit: str) -> None:
    assert f"{getattr(JailLimits(), limit):g}" in row(limit)


def test_the_figures_are_those_of_the_code() -> None:
    assert f"replaced after {JAILS_PER_ZYGOTE:,} jails (a container after {JAILS_PER_CONTAINER:,})" in FLAT
    assert f"{DEFAULT.body_bytes >> 20} MB, {DEFAULT.values:,} values, {DEFAULT.depth} levels" in row("answers")
    assert f"{MOST_STOPS} checks ({MOST_STOPS // WEIGHT_OF_A_STOP['wall']} where it waited)" in row("limits crossed")
    uploads = DEFAULT_LIMITS
    told = f"{uploads.upload_bytes >> 20} MB, unpacked {uploads.unpacked_bytes >> 20} MB, {uploads.files} files"
    assert f"{told}, {uploads.depth} levels, {uploads.ratio} times its size" in row("an upload")
    assert f"`{' '.join(hardening.CAPABILITIES)}`" in FLAT
    for words in LIMIT_WORDING.values():
        assert re.split(r" of \{| more than \{|: \{| \(", words)[0] in FLAT, words


def test_every_test_attack_and_page_it_points_to_exists() -> None:
    named = set(re.findall(r"`((?:\w+/)*test_\w+\.py)`", PAGE))
    assert len(named) > 15
    for name in named:
        assert (ROOT / "tests" / name).exists(), name
    for name in re.findall(r"\]\(([^):]+)\)", PAGE):
        assert (ROOT / "docs" / name).resolve().exists(), name
    threats = {attack.threat for attack in load_corpus()}
    for name in re.findall(r"\b[FLCED]\d\d\b", PAGE):
        assert name in threats, name
    for name in re.findall(r"golden cases? `(\w+\*?)`", FLAT):
        assert list((ROOT / "tests" / "data" / "golden").glob(name)), name


def test_the_sixteen_open_points_are_all_answered() -> None:
    points = re.split(r"^\*\*(\d+)\. ", PAGE, flags=re.M)[1:]
    assert [int(number) for number in points[::2]] == list(range(1, 17))
    for text in points[1::2]:
        assert "*Held:*" in text or "*Open" in text
