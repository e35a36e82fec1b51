"""What docs/timing.md says of figures and fields is what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest

from autograders.judge import growth, race
from autograders.judge.bounds import ROOM
from autograders.judge.channel import Channel
from autograders.judge.track import WIRE_ROOM
from tests.autograders.judge.simulated import simulate

TEXT = re.sub(r"\s+", " ", (Path(__file__).parents[3] / "docs" / "timing.md").read_text(encoding="utf-8"))


def section(name: str) -> str:
    return TEXT.partition(f"## `{name}(")[2].partition(" ## ")[0]


def test_figures_are_those_of_the_code() -> None:
    assert f"lasts {race.LEAST_SECONDS * 1e3:.0f} ms (`growth`: {growth.LEAST_SECONDS * 1e3:.0f} ms)" in TEXT
    assert WIRE_ROOM == 1.5
    assert "one and a half times" in TEXT
    assert f"After {race.MOST_PAIRS} pairs" in section("race")
    assert f"scatter by {race.FEW_SCATTER:.0%}".replace("%", " %") in section("race")
    assert f"by less than {race.LEAST_SCATTER:.0%}".replace("%", " %") in section("race")
    assert race.BEYOND_DOUBT == 2.0
    assert "above twice the bar" in section("race")
    assert f"Bars below {race.LEAST_BAR}" in section("race")
    assert f"room of {ROOM}" in section("growth")
    assert f"by more than {growth.CLEARLY_FASTER}" in section("growth")
    assert f"the excess below {growth.LIKE_THE_REFERENCE}" in section("growth")
    assert growth.CLIMBS_FOR_A_LIMIT == 3.0
    assert "three times the CPU limit" in section("growth")


@pytest.mark.parametrize("name", ["race", "growth"])
def test_every_field_of_the_report_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record: dict[str, Any] = {}
    channel = cast(Channel, None)
    if name == "race":
        simulate(monkeypatch, lambda _: (1.0, 1.0))
        race.Race(channel, "f", lambda: (), lambda *_: None, record, hidden=False, cpu_s=9e9).at_most(2.0)
    else:
        simulate(monkeypatch, lambda n: (float(n[0]), float(n[0])))
        sizes = (10, 20, 40)
        growth.Growth(channel, "f", lambda n: (n,), sizes, lambda *_: None, record, hidden=False, cpu_s=9e9).at_most(
            "n"
        )
    assert record["kind"] == name
    missing = [field for field in record if field != "kind" and f"`{field}`" not in section(name)]
    assert missing == []
