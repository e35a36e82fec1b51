"""A service under load is shown as a picture with its figures behind it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from assignments.pictures import Picture, picture_of

SHARES = [0.01, 0.5, 0.9, 0.99, 0.999]
FIGURES = {"p50_ms": 2.0, "p95_ms": 5.0, "p99_ms": 9.0, "errors": 0.0, "throughput": 199.0, "lag_ms": 0.3}
ROW = {"measure": "p99_ms", "bar": 50.0, "solution": 9.0, "reference": 7.0, "verdict": "met"}
LOAD: dict[str, Any] = {
    "rate": 200,
    "seconds": 6,
    "solution": FIGURES,
    "reference": {**FIGURES, "p99_ms": 7.0},
    "quantiles": {"share": SHARES, "solution": [1, 2, 5, 9, 12], "reference": [1, 2, 4, 7, 9]},
    "rows": [ROW, {**ROW, "measure": "p95_ratio", "bar": 2.0, "solution": 1.1, "reference": 1.0}],
}
LEVEL = {"kind": "service", "decided": True, "loads": [LOAD]}
PHASES = [
    {"name": "healthy", "start": 0.0, "seconds": 2.0, "faulty": False},
    {"name": "dead", "start": 2.0, "seconds": 2.0, "faulty": True},
    {"name": "back", "start": 4.0, "seconds": 2.0, "faulty": False},
]
TIMELINE = {"at": [1, 2.5, 3.5, 5], "p50_ms": [2, None, 3, 2], "p95_ms": [5, None, 6, 5], "errors": [0, 1.0, 0.5, 0]}
FAULTS = {**LEVEL, "loads": [{**LOAD, "phases": PHASES, "timeline": TIMELINE}]}


def draw(detail: dict[str, Any]) -> Picture:
    drawn = picture_of(detail)
    assert drawn is not None
    return drawn


def elements(drawn: Picture, css: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(drawn.svg)
    return [node for node in root.iter() if css in (node.get("class") or "").split()]


def test_both_sides_are_drawn_with_the_bar_at_its_quantile() -> None:
    drawn = draw(LEVEL)
    assert [node.get("class") for node in elements(drawn, "series")] == ["series reference", "series good"]
    (bar,) = elements(drawn, "bar")
    points = (elements(drawn, "series")[1].get("points") or "").split()
    x, y = map(float, points[SHARES.index(0.99)].split(","))
    assert float(bar.get("x1") or 0) < x < float(bar.get("x2") or 0)
    assert float(bar.get("y1") or 0) < y, "9 ms lie below a bar of 50 ms"


def test_a_missed_bar_colours_the_line_and_is_named_in_the_table() -> None:
    drawn = draw({**LEVEL, "loads": [{**LOAD, "rows": [{**ROW, "solution": 90.0, "verdict": "missed"}]}]})
    assert elements(drawn, "series")[1].get("class") == "series bad"
    assert drawn.rows[0] == (
        "p99 at 200/s (missed)",
        "90\N{NO-BREAK SPACE}ms",
        "7\N{NO-BREAK SPACE}ms",
        "50\N{NO-BREAK SPACE}ms",
    )


def test_an_undecided_figure_says_that_doubt_counts_for_the_learner() -> None:
    assert "the doubt counts in your favour" in draw({**LEVEL, "decided": False}).caption


def test_how_late_the_load_was_stands_beside_the_figures() -> None:
    assert draw(LEVEL).rows[-1][0] == "Load late at 200/s, p99"


def test_a_load_with_faults_is_drawn_along_time_with_its_phases() -> None:
    drawn = draw(FAULTS)
    (zone,) = elements(drawn, "zone-bad")
    words = [node.text for node in ElementTree.fromstring(drawn.svg).iter() if node.tag.endswith("text")]
    assert {"healthy", "dead", "back"} <= set(words)
    assert len(elements(drawn, "fill")) == 2, "a mark for each stretch in which requests failed"
    assert len(elements(drawn, "series")) == 2, "no line where none was answered"
    assert float(zone.get("width") or 0) > 0


def test_each_load_has_a_panel_and_there_are_not_too_many() -> None:
    heights = [
        float((ElementTree.fromstring(draw({**LEVEL, "loads": [LOAD] * n}).svg).get("viewBox") or "").split()[3])
        for n in (1, 2, 8)
    ]
    assert heights[1] == 2 * heights[0]
    assert heights[2] == 3 * heights[0]


@pytest.mark.parametrize("detail", [LEVEL, FAULTS])
def test_a_picture_carries_its_sentence_and_no_style_of_its_own(detail: dict[str, Any]) -> None:
    drawn = draw(detail)
    assert ElementTree.fromstring(drawn.svg).get("aria-label") == drawn.caption
    assert "style" not in drawn.svg
    assert "99 % within 9 ms" in drawn.caption
    for node in ElementTree.fromstring(drawn.svg).iter():
        for name in ("x", "x1", "x2"):
            assert 0 <= float(node.get(name) or 0) <= 420


def test_words_of_an_author_are_escaped() -> None:
    phases = [{**PHASES[0], "name": "<b>bold</b>"}]
    assert "<b>" not in draw({**LEVEL, "loads": [{**LOAD, "phases": phases, "timeline": TIMELINE}]}).svg


@pytest.mark.parametrize(
    "detail",
    [
        {"kind": "service"},
        {"kind": "service", "loads": []},
        {"kind": "service", "loads": [{}]},
        {"kind": "service", "loads": "none"},
        {**LEVEL, "loads": [{**LOAD, "quantiles": {"share": SHARES, "solution": [1, 2]}}]},
        {**LEVEL, "loads": [{**LOAD, "rate": float("nan")}]},
        {**LEVEL, "loads": [{**LOAD, "rows": [{**ROW, "bar": 0}]}]},
        {**LEVEL, "loads": [{**LOAD, "rows": [{**ROW, "verdict": "won"}]}]},
        {**LEVEL, "loads": [{**LOAD, "phases": PHASES, "timeline": {}}]},
    ],
)
def test_what_cannot_be_drawn_is_left_out(detail: dict[str, Any]) -> None:
    assert picture_of(detail) is None
