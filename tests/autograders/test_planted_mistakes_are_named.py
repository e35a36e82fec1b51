"""Both lists of planted mistakes are named as `docs/diagnosis.md` says, and right functions are let alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograders.bench import diagnosis
from autograders.bench.planted import Mistake
from autograders.judge.diagnosis import TABLE

PAGE = (Path(__file__).parents[2] / "docs" / "diagnosis.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return {title: diagnosis.measure(mistakes, 3) for title, mistakes in diagnosis.LISTS.items()}


def test_no_right_function_is_refused(found: dict[str, Any]) -> None:
    for title, figures in found.items():
        assert figures["correct"]["refused"] == [], title
        assert figures["correct"]["variants"] >= 20, title


def test_the_share_named_rightly_is_the_one_stated(found: dict[str, Any]) -> None:
    for title, figures in found.items():
        stated = re.findall(rf"^\| {title}[:,][^|]*\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)[-1]
        count, right, variants, refused = map(int, stated)
        assert figures["count"] == count
        assert figures["named_rightly"] >= right, [row for row in figures["mistakes"] if not row["right"]]
        assert (figures["correct"]["variants"], len(figures["correct"]["refused"])) == (variants, refused)


@pytest.mark.parametrize("mistakes", diagnosis.LISTS.values(), ids=list(diagnosis.LISTS))
def test_every_name_that_counts_as_right_is_one_of_the_table(mistakes: tuple[Mistake, ...]) -> None:
    names = {row.name for row in TABLE}
    for each in mistakes:
        assert each.names <= names, each.title


def test_the_figures_are_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "LISTS", {"planted": diagnosis.LISTS["planted"][:3]})
    diagnosis.main(["--json", "--seeds", "1"])
    printed = json.loads(capsys.readouterr().out)
    assert printed["planted"]["count"] == 3
    assert {"mistake", "named", "right", "message"} <= set(printed["planted"]["mistakes"][0])
    diagnosis.main(["--seeds", "1"])
    assert "3 of 3 named rightly" in capsys.readouterr().out
