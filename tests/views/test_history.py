"""A learner sees every submission with its score, and what changed between two."""

from __future__ import annotations

import pytest
from django.test import Client

from assignments.models import Problem
from courseplatform.accounts.models import Cohort, User
from tests.views.conftest import Grade, SignIn, check

HISTORY = "/problems/double/history/"
COMPARE = "/problems/double/compare/"


def comparing(before: object, after: object, view: str = "") -> str:
    return f"{COMPARE}?a={before}&b={after}&view={view}"


def test_every_submission_is_listed_with_its_score(sign_in: SignIn, bob: User, grade: Grade) -> None:
    first, second = grade(bob, check("one", "failed")), grade(bob)
    page = sign_in(bob).get(HISTORY).text
    assert page.index(str(second.pk)) < page.index(str(first.pk))
    assert "Best: <strong>10</strong>" in page


def test_a_broken_one_has_no_score(sign_in: SignIn, bob: User, grade: Grade) -> None:
    grade(bob, check("one", "waiting"), state="broken")
    page = sign_in(bob).get(HISTORY).text
    assert "Not graded yet" in page
    assert "Best" not in page


def test_trials_and_those_of_others_are_left_out(sign_in: SignIn, bob: User, charlie: User, grade: Grade) -> None:
    others = [grade(bob, kind="trial"), grade(charlie)]
    page = sign_in(bob).get(HISTORY).text
    assert not [each for each in others if str(each.pk) in page]
    assert "Nothing submitted yet" in page


def test_what_changed_is_marked(sign_in: SignIn, bob: User, grade: Grade) -> None:
    before, after = (
        grade(bob, source="def f(x):\n    return x + 1\n"),
        grade(bob, source="def f(x):\n    return x + 2\n"),
    )
    page = sign_in(bob).get(comparing(before.pk, after.pk)).text
    assert "<del>1</del>" in page
    assert "<ins>2</ins>" in page


def test_it_can_be_read_side_by_side(sign_in: SignIn, bob: User, grade: Grade) -> None:
    before, after = grade(bob, source="a = 1\n"), grade(bob, source="a = 2\n")
    page = sign_in(bob).get(comparing(before.pk, after.pk, view="sides")).text
    assert 'class="difference halves"' in page


def test_equal_sources_are_said_to_be_equal(sign_in: SignIn, bob: User, grade: Grade) -> None:
    page = sign_in(bob).get(comparing(grade(bob).pk, grade(bob).pk)).text
    assert "The same source" in page


@pytest.mark.parametrize("wanted", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_submission_that_is_not_there_is_not_found(sign_in: SignIn, bob: User, grade: Grade, wanted: str) -> None:
    assert sign_in(bob).get(comparing(grade(bob).pk, wanted)).status_code == 404


def test_nobody_compares_with_a_stranger(sign_in: SignIn, bob: User, charlie: User, grade: Grade) -> None:
    mine, other = grade(charlie), grade(bob)
    assert sign_in(charlie).get(comparing(mine.pk, other.pk)).status_code == 404


def test_an_instructor_compares_two_of_a_learner(
    sign_in: SignIn, ada: User, bob: User, cohort: Cohort, grade: Grade
) -> None:
    assert sign_in(ada).get(comparing(grade(bob).pk, grade(bob).pk)).status_code == 200


def test_submissions_to_different_problems_are_not_compared(sign_in: SignIn, bob: User, grade: Grade) -> None:
    other = grade(bob, of=Problem.objects.select_related("current").get(slug="series"))
    assert sign_in(bob).get(comparing(grade(bob).pk, other.pk)).status_code == 404


@pytest.mark.parametrize("address", [HISTORY, COMPARE])
def test_visitors_sign_in_first_and_nothing_can_be_sent(
    client: Client, sign_in: SignIn, bob: User, problem: Problem, address: str
) -> None:
    assert client.get(address).status_code == 302
    assert sign_in(bob).post(address).status_code == 405


def test_the_history_of_no_problem_is_not_found(sign_in: SignIn, bob: User, problem: Problem) -> None:
    assert sign_in(bob).get("/problems/nothing/history/").status_code == 404
