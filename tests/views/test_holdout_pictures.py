"""Quality on hidden data as pages show it: the released score to its learner, both parts to those who teach."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from assignments.pictures import Picture, picture_of
from assignments.pictures.holdout import METRICS as WORDS
from autograders.judge.metrics import METRICS
from courseplatform.accounts.models import Cohort, User
from tests.views.conftest import Grade, SignIn, check

SCORE: dict[str, Any] = {
    "kind": "holdout",
    "metric": "accuracy",
    "greater_is_better": True,
    "bar": 0.85,
    "by": "lower",
    "level": 0.95,
    "step": 0.02,
    "rows": 320,
    "released": 0.92,
    "low": 0.88,
    "high": 0.96,
    "evaluated": True,
    "improved": True,
    "looks": 2,
    "budget": 6,
}
LADDER = {"data": "d1g3st", "version": "v", "queries": 2, "released": 0.92, "low": 0.88, "high": 0.96}
STAFF: dict[str, Any] = {
    "kind": "holdout_staff",
    "metric": "accuracy",
    "public": 0.91875,
    "low": 0.8863,
    "high": 0.9461,
    "method": "bca",
    "private": 0.8725,
    "optimism": 0.0466,
    "margin": 0.0423,
    "rows": [320, 320],
    "permuted": {"trainings": 2, "p_values": [0.02, 0.7], "passed": True},
    "canaries": {"rows": 32, "recalled": 17, "by_chance": 16.0, "p_value": 0.43, "passed": True},
    "ladder": LADDER,
}
LOSS = {**SCORE, "metric": "rmse", "greater_is_better": False, "bar": 4.0, "released": 3.4, "low": 3.2, "high": 3.6}


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


def test_a_score_over_the_bar_is_drawn_to_its_right_and_good() -> None:
    drawn = draw(SCORE)
    (bar,), (point,) = elements(drawn, "bar"), elements(drawn, "point")
    assert number(point, "cx") > number(bar, "x1")
    assert point.get("class") == "point good"
    (good,) = elements(drawn, "zone-good")
    assert number(good, "x") == number(bar, "x1")


def test_an_interval_that_reaches_below_the_bar_is_not_enough_where_all_of_it_must_clear_it() -> None:
    across = {**SCORE, "bar": 0.9}
    (point,) = elements(draw(across), "point")
    assert point.get("class") == "point bad"
    for by in ("estimate", "upper"):
        (point,) = elements(draw({**across, "by": by}), "point")
        assert point.get("class") == "point good"


def test_a_loss_under_the_bar_is_drawn_to_its_left_and_good() -> None:
    drawn = draw(LOSS)
    (bar,), (point,), (good,) = elements(drawn, "bar"), elements(drawn, "point"), elements(drawn, "zone-good")
    assert number(point, "cx") < number(bar, "x1")
    assert point.get("class") == "point good"
    assert number(good, "x") + number(good, "width") == pytest.approx(number(bar, "x1"), abs=0.2)


def test_the_sentence_says_what_is_asked_and_what_is_left() -> None:
    words = draw(SCORE).caption
    assert "Your best released accuracy on hidden data is 0.92 (95 % interval 0.88 to 0.96)." in words
    assert "At least 0.85 is asked for, and the whole interval must clear the bar." in words
    assert words.endswith("Look 2 of 6; 4 are left.")
    assert "At most 4 is asked for" in draw(LOSS).caption
    assert "the doubt counts in your favour" in draw({**SCORE, "by": "upper"}).caption


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"looks": 5}, "Look 5 of 6; one is left."),
        ({"looks": 6}, "Look 6 of 6; none is left."),
        ({"improved": False}, "was not better by more than 0.02, so that score stays. Look 2 of 6; 4 are left."),
        ({"evaluated": False, "improved": False}, "All 6 looks at the hidden data are used, so it was not measured"),
    ],
)
def test_what_this_submission_changed_is_said(change: dict[str, Any], words: str) -> None:
    assert words in draw(SCORE | change).caption


def test_every_metric_has_a_name_that_people_use() -> None:
    assert set(WORDS) == set(METRICS)
    assert "Your best released weekly cost on" in draw({**SCORE, "metric": "weekly cost"}).caption


def over(count: int) -> dict[str, Any]:
    each = [STAFF | {"public": 0.8 + i / 100, "private": 0.8 - i / 200, "this": i == 2} for i in range(count)]
    return STAFF | {"over": each}


def test_both_parts_are_drawn_over_the_looks_with_a_row_for_each() -> None:
    drawn = draw(over(7))
    public, private = [node for node in elements(drawn, "series") if node.get("points")]
    assert public.get("class") == "series reference"
    assert private.get("class") == "series good"
    assert len((public.get("points") or "").split()) == 7
    assert len(drawn.rows) == 7
    assert drawn.rows[2][0] == "3 (this one)"
    assert drawn.header == ("Look", "Public", "Private", "Optimism")


def test_what_staff_read_of_one_submission_has_every_figure() -> None:
    words = draw(STAFF).caption
    assert "Public score 0.9187 on 320 rows (interval 0.8863 to 0.9461), private 0.8725 on 320 rows" in words
    assert "optimism +0.0466 (chance alone moves it by ±0.042)." in words
    assert "Labels in random order: fell to chance in 2 trainings." in words
    assert "Planted rows: 17 of 32 recalled, p = 0.43." in words


def test_failed_sanity_runs_are_named_to_staff() -> None:
    permuted = {"trainings": 10, "p_values": [0.005] * 10, "passed": False}
    canaries = {"rows": 32, "p_value": 0.0001, "passed": False}
    words = draw(STAFF | {"permuted": permuted, "canaries": canaries}).caption
    assert "never fell to chance in 10 trainings" in words
    assert "Planted rows: p = 0.0001, recalled above chance." in words


def test_without_a_private_part_the_public_one_is_drawn_alone() -> None:
    drawn = draw(STAFF | {"private": None, "optimism": None, "rows": [640, 0]})
    assert len(elements(drawn, "good")) >= 2
    assert drawn.rows == (("1 (this one)", "0.9187", "–", "–"),)
    assert "private" not in drawn.caption


@pytest.mark.parametrize("detail", [SCORE, LOSS, {**SCORE, "released": 0.2, "low": 0.1}, STAFF, over(1), over(60)])
def test_nothing_is_drawn_beyond_the_edges(detail: dict[str, Any]) -> None:
    root = ElementTree.fromstring(draw(detail).svg)
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    for node in root.iter():
        for name, end in (("x", width), ("x1", width), ("x2", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(node.get(name) or 0) <= end
    assert root.get("aria-label") == draw(detail).caption
    assert "style" not in draw(detail).svg


@pytest.mark.parametrize(
    "detail",
    [
        {"kind": "holdout"},
        {**SCORE, "released": None, "low": None, "high": None},
        {**SCORE, "by": "median"},
        {**SCORE, "bar": float("inf")},
        {"kind": "holdout_staff"},
        {**STAFF, "public": None},
    ],
)
def test_what_cannot_be_drawn_is_left_out(detail: dict[str, Any]) -> None:
    assert picture_of(detail) is None


# --- the submission's page ------------------------------------------------------------------------


def page(sign_in: SignIn, user: User, pk: object) -> str:
    answer = sign_in(user).get(f"/submissions/{pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


PRIVATE = ("0.8725", "0.9187", "+0.0466", "d1g3st", "17 of 32", "For those who teach", "Optimism")


def test_a_learner_s_page_has_the_released_score_and_no_private_figure(
    bob: User, grade: Grade, sign_in: SignIn
) -> None:
    submission = grade(bob, check("one", detail=SCORE | {"staff": STAFF}))
    html = page(sign_in, bob, submission.pk)
    assert "Your best released accuracy on hidden data is 0.92" in html
    assert [words for words in PRIVATE if words in html] == []


def test_a_teacher_s_page_has_both(ada: User, bob: User, cohort: Cohort, grade: Grade, sign_in: SignIn) -> None:
    grade(bob, check("one", detail=SCORE | {"staff": STAFF | {"public": 0.8041}}))
    submission = grade(bob, check("one", detail=SCORE | {"staff": STAFF}))
    html = page(sign_in, ada, submission.pk)
    assert "For those who teach" in html
    assert "private 0.8725 on 320 rows" in html
    assert "2 (this one)" in html
    assert "0.8041" in html


def test_of_a_hidden_check_a_learner_s_page_has_nothing(bob: User, grade: Grade, sign_in: SignIn) -> None:
    submission = grade(bob, check("one", hidden=True, detail=SCORE | {"staff": STAFF}))
    html = page(sign_in, bob, submission.pk)
    assert "About one." in html
    assert "released" not in html
    assert [words for words in PRIVATE if words in html] == []


def test_what_the_page_fetches_while_a_run_is_graded_tells_no_look(bob: User, grade: Grade, sign_in: SignIn) -> None:
    submission = grade(bob, check("one", detail=SCORE | {"staff": STAFF}), check("two", "waiting"), state="grading")
    html = sign_in(bob).get(f"/submissions/{submission.pk}/progress/").content.decode()
    assert "About one." in html
    assert "released" not in html
    assert "0.92" not in html
