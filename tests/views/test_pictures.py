"""A measurement is shown as a picture with its figures behind it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from assignments.pictures import Picture, picture_of, seconds, table_rows
from assignments.pictures.drawing import Scale, plain, times

RACE = {
    "kind": "race",
    "ratio": 3.1,
    "low": 2.8,
    "high": 3.4,
    "bar": 2.0,
    "pairs": 7,
    "decided": True,
    "ratios": [2.9, 3.1, 3.3],
    "solution_s": 0.05,
    "reference_s": 0.016,
}
GROWTH = {
    "kind": "growth",
    "sizes": [1000, 2000, 4000],
    "solution_s": [0.01, 0.04, 0.16],
    "reference_s": [0.002, 0.004, 0.008],
    "exponent": 2.0,
    "low": 1.9,
    "high": 2.1,
    "reference_exponent": 1.0,
    "bar": 1.5,
}
MEMORY = {"kind": "memory", "peak_mb": 12.1, "bar_mb": 64}


def draw(detail: dict[str, Any]) -> Picture:
    drawn = picture_of(detail)
    assert drawn is not None
    return drawn


def elements(drawn: Picture, css: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(drawn.svg)
    return [node for node in root.iter() if css in (node.get("class") or "").split()]


def number(node: ElementTree.Element, name: str) -> float:
    value = node.get(name)
    assert value is not None
    return float(value)


def test_a_race_past_the_bar_is_drawn_to_its_right() -> None:
    drawn = draw(RACE)
    (bar,) = elements(drawn, "bar")
    (point,) = elements(drawn, "point")
    assert number(point, "cx") > number(bar, "x1")
    assert point.get("class") == "point bad"
    assert "3.1× the time of the reference" in drawn.caption


def test_a_race_within_the_bar_is_drawn_to_its_left() -> None:
    drawn = draw({**RACE, "ratio": 1.3, "low": 1.2, "high": 1.4})
    (bar,) = elements(drawn, "bar")
    (point,) = elements(drawn, "point")
    assert number(point, "cx") < number(bar, "x1")
    assert point.get("class") == "point good"


def test_equal_ratios_lie_equally_far_apart() -> None:
    axis = Scale(0.5, 8, 0, 400)
    assert axis(2) - axis(1) == pytest.approx(axis(4) - axis(2), abs=0.11)


def test_what_lies_beyond_an_axis_is_drawn_at_its_end() -> None:
    axis = Scale(1, 10, 0, 100)
    assert (axis(0.001), axis(1e9)) == (0, 100)


def test_an_undecided_race_says_that_doubt_counts_for_the_learner() -> None:
    assert "doubt counts in your favour" in draw({**RACE, "decided": False}).caption


def test_growth_draws_both_lines_and_a_table_with_both() -> None:
    drawn = draw(GROWTH)
    assert len(elements(drawn, "series")) == 2
    assert drawn.header == ("Input size", "Your solution", "Reference")
    assert drawn.rows[0] == ("1,000", "10 ms", "2 ms")


def test_growth_shows_the_bar_as_a_line_from_the_first_cost() -> None:
    (limit,) = elements(draw(GROWTH), "limit")
    series = next(node for node in elements(draw(GROWTH), "bad") if node.get("points"))
    x, y = map(float, (series.get("points") or "").split()[0].split(","))
    assert (number(limit, "x1"), number(limit, "y1")) == (x, y)
    steeper = number(limit, "y1") - number(limit, "y2")
    assert 0 < steeper < y - float((series.get("points") or "").split()[-1].split(",")[1])


def test_growth_in_doubt_is_drawn_as_passed_and_says_so() -> None:
    drawn = draw({**GROWTH, "decided": False, "excess_low": -0.1})
    assert elements(drawn, "good")
    assert not elements(drawn, "bad")
    assert "doubt counts in your favour" in drawn.caption


def test_growth_like_the_references_passes_over_the_bar_and_says_why() -> None:
    drawn = draw({**GROWTH, "decided": True, "low": 1.6, "excess_low": -0.1})
    assert elements(drawn, "good")
    assert "hardly faster than the reference" in drawn.caption


def test_growth_names_bound_interval_and_sizes_left_out() -> None:
    caption = draw({**GROWTH, "bound": "n log n", "left_out": [8000, 16000], "excess_low": 0.5}).caption
    assert "at most n log n passes" in caption
    assert "interval 1.90 to 2.10" in caption
    assert "8,000, 16,000" in caption


def test_memory_marks_what_the_reference_held() -> None:
    drawn = draw({**MEMORY, "reference_mb": 8.0})
    (mark,) = elements(drawn, "mark")
    assert number(mark, "x1") < number(elements(drawn, "fill")[0], "x") + number(elements(drawn, "fill")[0], "width")
    assert ("Reference", "8.0 MB") in drawn.rows


def test_growth_without_a_reference_draws_one_line() -> None:
    drawn = draw({**GROWTH, "reference_s": [], "reference_exponent": None})
    assert len(elements(drawn, "series")) == 1
    assert drawn.header == ("Input size", "Your solution")


def test_a_steeper_line_is_steeper_in_the_picture() -> None:
    yours, reference = elements(draw(GROWTH), "bad"), elements(draw(GROWTH), "reference")

    def rise(nodes: list[ElementTree.Element]) -> float:
        points = [tuple(map(float, pair.split(","))) for pair in (nodes[0].get("points") or "").split()]
        return points[0][1] - points[-1][1]

    series = [node for node in yours if node.get("points")]
    assert rise(series) > rise([node for node in reference if node.get("points")]) > 0


def test_memory_is_drawn_in_proportion_to_its_limit() -> None:
    drawn = draw({"kind": "memory", "peak_mb": 32, "bar_mb": 64})
    (fill,) = elements(drawn, "fill")
    (bar,) = elements(drawn, "bar")
    assert number(fill, "width") == pytest.approx((number(bar, "x1") - 16) / 2, abs=0.2)


def test_memory_over_the_limit_reaches_past_the_line() -> None:
    drawn = draw({"kind": "memory", "peak_mb": 100, "bar_mb": 64})
    (fill,) = elements(drawn, "fill")
    (bar,) = elements(drawn, "bar")
    assert number(fill, "x") + number(fill, "width") > number(bar, "x1")


@pytest.mark.parametrize("detail", [RACE, GROWTH, MEMORY])
def test_nothing_is_drawn_beyond_the_edges(detail: dict[str, Any]) -> None:
    root = ElementTree.fromstring(draw(detail).svg)
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    for node in root.iter():
        for name, end in (("x", width), ("x1", width), ("x2", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(node.get(name) or 0) <= end


@pytest.mark.parametrize("detail", [RACE, GROWTH, MEMORY])
def test_a_picture_carries_its_sentence_for_those_who_cannot_see_it(detail: dict[str, Any]) -> None:
    drawn = draw(detail)
    root = ElementTree.fromstring(drawn.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == drawn.caption
    assert len(drawn.rows) >= 2


@pytest.mark.parametrize("detail", [RACE, GROWTH, MEMORY])
def test_a_picture_has_no_style_of_its_own(detail: dict[str, Any]) -> None:
    assert "style" not in draw(detail).svg


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"kind": "comparison", "expected": "1", "actual": "2"},
        {"kind": "race"},
        {**RACE, "ratio": 0},
        {**RACE, "ratio": float("nan")},
        {**RACE, "high": "fast"},
        {**GROWTH, "sizes": [1]},
        {**GROWTH, "solution_s": [0.1]},
        {**MEMORY, "peak_mb": float("inf")},
    ],
)
def test_what_cannot_be_drawn_is_left_out(detail: dict[str, Any]) -> None:
    assert picture_of(detail) is None


def test_words_in_a_table_are_escaped() -> None:
    assert table_rows([("<b>", "1 & 2")]) == '<tr><th scope="row">&lt;b&gt;</th><td>1 &amp; 2</td></tr>'


@pytest.mark.parametrize(
    ("value", "words"), [(250.4, "250 s"), (1.5, "1.50 s"), (0.0123, "12.3 ms"), (0.0000042, "4.2 µs")]
)
def test_times_are_given_in_the_unit_that_suits_them(value: float, words: str) -> None:
    assert seconds(value) == words


def test_ratios_and_sizes_read_as_people_write_them() -> None:
    assert (times(1.0), times(2.345), times(250)) == ("1×", "2.35×", "250×")
    assert (plain(64.0), plain(1500), plain(0.25)) == ("64", "1,500", "0.25")
