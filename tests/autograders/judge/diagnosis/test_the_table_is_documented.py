"""docs/diagnosis.md lists every row with a sentence that a learner really reads."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from autograders.judge import gradients
from autograders.judge.diagnosis import TABLE, Finding, pair
from tests.autograders.judge.diagnosis.examples import EXAMPLES

PAGE = (Path(__file__).parents[4] / "docs" / "diagnosis.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## The table\n")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| `([\w-]+)` \| (.*?) \| (.*) \|$", SECTION, re.MULTILINE)


def test_every_name_is_listed_once_and_in_order() -> None:
    assert [name for name, _, _ in ROWS] == list(dict.fromkeys(row.name for row in TABLE))


def test_every_sentence_is_one_that_the_example_gives() -> None:
    for name, title, sentence in ROWS:
        told = EXAMPLES[name][0].mismatch().diagnosis
        assert (told["title"], told["sentence"]) == (title, sentence.replace("\\|", "|"))


def test_the_figures_stated_are_those_that_hold() -> None:
    assert f"at least {pair.ENOUGH_BITS:.0f} are asked for" in PAGE
    assert pair.MOST_VALUES == 2 << 20
    assert "Beyond two million values" in PAGE
    most = inspect.signature(gradients.check_gradients).parameters["most"].default
    assert f"`most` ({most}) entries" in PAGE
    assert gradients.DIRECTIONS == 3
    assert "three random directions" in PAGE


def test_every_field_of_the_detail_is_named() -> None:
    told = EXAMPLES["sign"][0].mismatch().diagnosis
    assert set(Finding.__dataclass_fields__) <= set(told)
    for name in told:
        assert f"`{name}`" in PAGE
