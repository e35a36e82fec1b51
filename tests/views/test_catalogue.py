"""The catalogue shows every open problem, and to each learner how far they have come."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from assignments.models import Problem
from courseplatform.accounts.models import User
from tests.views.conftest import Grade, SignIn, check

pytestmark = pytest.mark.django_db


def test_anyone_may_read_it(client: Client, catalogue: Path) -> None:
    page = client.get("/")
    assert page.status_code == 200
    for words in ("Beginnings", "Middles", "Twice a number", "Sums and counters", "About Beginnings."):
        assert words in page.text


def test_a_visitor_is_shown_no_states(client: Client, catalogue: Path) -> None:
    assert "Not tried" not in client.get("/").text


def test_a_learner_sees_where_they_stand(sign_in: SignIn, bob: User, catalogue: Path, grade: Grade) -> None:
    client = sign_in(bob)
    assert client.get("/").text.count("<span>Not tried</span>") == 2
    grade(bob, check("one", "failed"))
    assert "<span>Tried</span>" in client.get("/").text
    grade(bob)
    page = client.get("/").text
    assert "<span>Solved</span>" in page
    assert "<strong>1</strong> of 2 solved" in page


def test_trials_do_not_count(sign_in: SignIn, bob: User, grade: Grade) -> None:
    grade(bob, kind="trial")
    assert "<span>Solved</span>" not in sign_in(bob).get("/").text


@pytest.mark.parametrize(
    ("query", "shown", "left_out"),
    [
        ("q=twice", "Twice a number", "Sums and counters"),
        ("q=COUNTERS sums", "Sums and counters", "Twice a number"),
        ("level=1", "Twice a number", "Sums and counters"),
        ("skill=classes", "Sums and counters", "Twice a number"),
        ("state=solved", "Twice a number", "Sums and counters"),
        ("state=untouched", "Sums and counters", "Twice a number"),
    ],
)
def test_it_can_be_filtered(sign_in: SignIn, bob: User, grade: Grade, query: str, shown: str, left_out: str) -> None:
    grade(bob)
    page = sign_in(bob).get(f"/?{query}").text
    assert shown in page
    assert left_out not in page


def test_a_value_nobody_offered_filters_nothing(client: Client, catalogue: Path) -> None:
    assert "Twice a number" in client.get("/?level=nine&skill=juggling").text


def test_when_nothing_fits_it_says_so_and_offers_a_way_back(client: Client, catalogue: Path) -> None:
    page = client.get("/?q=zebra").text
    assert "No problem fits these filters" in page
    assert "Show all problems" in page


def test_an_empty_site_says_how_problems_are_loaded(client: Client) -> None:
    assert "manage.py load_content" in client.get("/").text


def test_a_script_gets_the_list_alone(client: Client, catalogue: Path) -> None:
    part = client.get("/?q=twice", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "Twice a number" in part.text
    assert "HX-Request" in part["Vary"]


def test_a_closed_problem_is_not_listed(client: Client, catalogue: Path) -> None:
    Problem.objects.filter(slug="double").update(is_open=False)
    assert "Twice a number" not in client.get("/").text


def test_it_is_only_for_reading(client: Client, catalogue: Path) -> None:
    assert client.post("/").status_code == 405
