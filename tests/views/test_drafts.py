"""What stands in the editor is kept while it is written."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from assignments.models import Draft, Problem
from courseplatform.accounts.models import User
from tests.views.conftest import SignIn

DOOR = "/problems/double/draft/"


def test_a_draft_is_kept_and_the_time_told(sign_in: SignIn, bob: User, problem: Problem) -> None:
    answer = sign_in(bob).post(DOOR, {"source": "  # half\r\n"})
    assert answer.status_code == 200
    assert answer.text.startswith("Draft saved at ")
    assert Draft.objects.get().source == "  # half\n"


def test_the_last_one_stands(sign_in: SignIn, bob: User, problem: Problem) -> None:
    client = sign_in(bob)
    for text in ("one", "two", "two"):
        client.post(DOOR, {"source": text})
    assert [draft.source for draft in Draft.objects.all()] == ["two"]


def test_each_learner_has_their_own(sign_in: SignIn, bob: User, charlie: User, problem: Problem) -> None:
    sign_in(bob).post(DOOR, {"source": "bob's"})
    sign_in(charlie).post(DOOR, {"source": "charlie's"})
    assert Draft.objects.get(user=bob).source == "bob's"


def test_an_emptied_editor_stays_empty(sign_in: SignIn, bob: User, problem: Problem) -> None:
    client = sign_in(bob)
    client.post(DOOR, {"source": ""})
    assert client.get("/problems/double/").context["form"].initial["source"] == ""


def test_one_that_is_too_long_is_refused_with_a_sentence(
    sign_in: SignIn, bob: User, problem: Problem, settings: Settings
) -> None:
    settings.GRADING_SOURCE_LIMIT_KB = 1
    answer = sign_in(bob).post(DOOR, {"source": "#" * 2000})
    assert answer.status_code == 422
    assert "longer than 1 KB" in answer.text


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_it_takes_forms_only(sign_in: SignIn, bob: User, problem: Problem, method: str) -> None:
    assert getattr(sign_in(bob), method)(DOOR).status_code == 405
