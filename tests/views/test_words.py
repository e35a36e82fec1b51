"""Points, times and states read the same wherever they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from assignments.highlighting import COLOURED_LIMIT, highlighted_lines
from assignments.templatetags import face
from assignments.wording import STATES
from autograders.report import OUTCOME_WORDING


@pytest.mark.parametrize(("value", "words"), [(None, "–"), (10.0, "10"), (7.5, "7.5"), (1 / 3, "0.33"), (0, "0")])
def test_points_have_no_needless_fraction(value: float | None, words: str) -> None:
    assert face.points(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0, "0 s"), (0.25, "250 ms"), (12.3, "12.30 s"), (95, "1 min 35 s"), (7260, "2 h 1 min")],
)
def test_spans_are_given_in_the_unit_that_suits_them(value: float | None, words: str) -> None:
    assert face.duration(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (30, "30 seconds ago"), (61, "1 minute ago"), (90_000, "1 day ago")]
)
def test_how_long_ago_is_put_in_words(seconds: int, words: str) -> None:
    assert face.ago(timezone.now() - timedelta(seconds=seconds)) == words


def test_never_is_a_word_too() -> None:
    assert face.ago(None) == "never"
    assert face.moment(None) == "–"


def test_a_moment_is_exact_for_machines() -> None:
    assert 'datetime="2026-03-05T08:07:00+00:00"' in face.moment(datetime(2026, 3, 5, 8, 7, tzinfo=UTC))


def test_outcomes_are_named_as_the_engine_names_them() -> None:
    assert {name: STATES[name][2] for name in OUTCOME_WORDING} == {
        name: words[0] for name, words in OUTCOME_WORDING.items()
    }


@pytest.mark.parametrize("name", sorted(STATES))
def test_every_state_has_a_shape_and_a_word_beside_its_colour(name: str) -> None:
    badge = face.state(name)
    assert "<svg" in badge
    assert STATES[name][2] in badge
    assert STATES[name][2] in face.state_icon(name)


def test_between_nothing_and_everything_there_is_a_part() -> None:
    assert "Partly passed" in face.run_state("failed", 5.0)
    assert "Failed" in face.run_state("failed", 0.0)
    assert "Passed" in face.run_state("passed", 10.0)


@pytest.mark.parametrize(("used", "limit", "width"), [(32, 64, "50.0"), (640, 64, "100.0"), (0, 64, "1")])
def test_a_bar_of_use_stays_within_its_track(used: float, limit: float, width: str) -> None:
    assert f'width="{width}"' in face.usage_bar(used, limit)


def test_without_a_limit_there_is_no_bar() -> None:
    assert face.usage_bar(3, None) == face.usage_bar(None, 3) == ""


def test_levels_are_dots_and_words() -> None:
    shown = face.level(3)
    assert (shown.count('"on"'), shown.count('"off"')) == (3, 2)
    assert "Medium" in shown


def test_source_is_escaped_line_by_line() -> None:
    lines = highlighted_lines("x = '<b>'\n\ny = 1\n")
    assert len(lines) == 3
    assert "&lt;b&gt;" in lines[0]
    assert all(line.count("<span") == line.count("</span>") for line in lines)


def test_an_enormous_source_is_shown_without_colours() -> None:
    lines = highlighted_lines("x = '<'\n" * (COLOURED_LIMIT // 8 + 1))
    assert lines[0] == "x = &#x27;&lt;&#x27;"


def test_code_can_take_the_focus_to_be_scrolled() -> None:
    shown = Template("{% load face %}{% source_code text 'solution.py' %}").render(Context({"text": "a = 1"}))
    assert 'tabindex="0"' in shown
    assert 'aria-label="Source of solution.py"' in shown
