"""A problem's page shows the task, what is graded, and an editor that opens with the right text."""

from __future__ import annotations

import pytest
from django.test import Client

from assignments.models import Draft, Problem
from courseplatform.accounts.models import User
from tests.views.conftest import Grade, SignIn

ADDRESS = "/problems/double/"


def test_it_shows_the_task_and_what_is_graded(client: Client, problem: Problem) -> None:
    page = client.get(ADDRESS)
    assert page.status_code == 200
    for words in (
        "Twice a number",
        "double gives twice its argument.",
        "double(x: float) -&gt; float",
        "1 s of processor time",
    ):
        assert words in page.text


def test_a_visitor_sees_the_starter_and_is_asked_to_sign_in(client: Client, problem: Problem) -> None:
    page = client.get(ADDRESS).text
    assert "/accounts/signup/?next=/problems/double/" in page
    assert "<textarea" not in page


def test_the_editor_opens_with_the_starter(sign_in: SignIn, bob: User, problem: Problem) -> None:
    assert problem.current is not None
    form = sign_in(bob).get(ADDRESS).context["form"]
    assert form.initial["source"] == problem.current.starter


def test_the_editor_opens_with_the_draft(sign_in: SignIn, bob: User, problem: Problem) -> None:
    Draft.objects.create(user=bob, problem=problem, source="# half way")
    page = sign_in(bob).get(ADDRESS)
    assert page.context["form"].initial["source"] == "# half way"
    assert "Draft of" in page.text


def test_the_starter_can_be_shown_without_losing_the_draft(sign_in: SignIn, bob: User, problem: Problem) -> None:
    Draft.objects.create(user=bob, problem=problem, source="# half way")
    page = sign_in(bob).get(f"{ADDRESS}?from=starter")
    assert page.context["form"].initial["source"] != "# half way"
    assert Draft.objects.get().source == "# half way"


def test_trying_again_opens_with_the_earlier_source(sign_in: SignIn, bob: User, problem: Problem, grade: Grade) -> None:
    Draft.objects.create(user=bob, problem=problem, source="# something else")
    earlier = grade(bob, source="# what I sent")
    page = sign_in(bob).get(f"{ADDRESS}?from={earlier.pk}")
    assert page.context["form"].initial["source"] == "# what I sent"


@pytest.mark.parametrize("wanted", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_source_opens_the_draft(sign_in: SignIn, bob: User, problem: Problem, wanted: str) -> None:
    Draft.objects.create(user=bob, problem=problem, source="# half way")
    assert sign_in(bob).get(f"{ADDRESS}?from={wanted}").context["form"].initial["source"] == "# half way"


def test_nobody_opens_with_the_source_of_a_stranger(
    sign_in: SignIn, bob: User, charlie: User, problem: Problem, grade: Grade
) -> None:
    secret = grade(bob, source="# bob's own")
    assert "bob&#x27;s own" not in sign_in(charlie).get(f"{ADDRESS}?from={secret.pk}").text


def test_every_form_has_a_key_of_its_own(sign_in: SignIn, bob: User, problem: Problem) -> None:
    client = sign_in(bob)
    keys = {client.get(ADDRESS).context["form"].initial["request_key"] for _ in range(2)}
    assert len(keys) == 2


def test_the_page_is_not_kept_by_the_browser(sign_in: SignIn, bob: User, problem: Problem) -> None:
    assert "no-store" in sign_in(bob).get(ADDRESS)["Cache-Control"]


def test_recent_submissions_stand_below_the_editor(sign_in: SignIn, bob: User, grade: Grade) -> None:
    made = grade(bob)
    assert f"/submissions/{made.pk}/" in sign_in(bob).get(ADDRESS).text


@pytest.mark.parametrize("slug", ["nothing", "double"])
def test_what_is_not_open_does_not_exist(client: Client, problem: Problem, slug: str) -> None:
    Problem.objects.update(is_open=False)
    assert client.get(f"/problems/{slug}/").status_code == 404


def test_it_is_only_for_reading(client: Client, problem: Problem) -> None:
    assert client.post(ADDRESS).status_code == 405


def test_why_it_works_is_told_after_it_is_solved(sign_in: SignIn, bob: User, grade: Grade, problem: Problem) -> None:
    client = sign_in(bob)
    assert client.get(f"{ADDRESS}editorial/").status_code == 404
    grade(bob)
    page = client.get(f"{ADDRESS}editorial/")
    assert page.status_code == 200
    assert "Because" in page.text


def test_why_it_works_is_not_told_to_visitors(client: Client, problem: Problem) -> None:
    assert client.get(f"{ADDRESS}editorial/").status_code == 302
