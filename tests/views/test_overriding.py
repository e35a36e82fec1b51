"""An instructor sets a score by hand, with a reason, and can go back to the graded one."""

from __future__ import annotations

import pytest
from django.test import Client

from assignments.models import ScoreOverride, Submission
from courseplatform.accounts.models import Cohort, User
from tests.views.conftest import Grade, SignIn, check

FORM = {"action": "set", "score": "7.5", "reason": "The idea was right."}


@pytest.fixture
def failed(bob: User, cohort: Cohort, grade: Grade) -> Submission:
    return grade(bob, check("one", "failed"))


def door(submission: Submission) -> str:
    return f"/submissions/{submission.pk}/override/"


def test_the_score_and_its_reason_are_shown_to_the_learner(
    sign_in: SignIn, ada: User, bob: User, failed: Submission
) -> None:
    answer = sign_in(ada).post(door(failed), FORM)
    assert answer["Location"] == f"/submissions/{failed.pk}/"
    page = sign_in(bob).get(f"/submissions/{failed.pk}/").text
    assert "<strong>7.5</strong>" in page
    assert "Set by ada" in page
    assert "The idea was right." in page
    assert "set by hand" in sign_in(bob).get("/problems/double/history/").text


def test_the_graded_score_can_be_restored(sign_in: SignIn, ada: User, bob: User, failed: Submission) -> None:
    client = sign_in(ada)
    client.post(door(failed), FORM)
    client.post(door(failed), {"action": "undo"})
    page = sign_in(bob).get(f"/submissions/{failed.pk}/").text
    assert "<strong>0</strong>" in page
    assert "Set by ada" not in page
    assert "back to the graded score" in client.get(f"/submissions/{failed.pk}/").text


def test_the_same_twice_changes_nothing(sign_in: SignIn, ada: User, failed: Submission) -> None:
    client = sign_in(ada)
    for _ in range(2):
        client.post(door(failed), FORM)
    assert ScoreOverride.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"score": "11"}, "score", "between 0 and 10"),
        ({"score": "-1"}, "score", "0"),
        ({"score": "nan"}, "score", "number"),
        ({"score": ""}, "score", "required"),
        ({"reason": "   "}, "reason", "required"),
    ],
)
def test_what_cannot_be_set_is_explained_beside_its_field(
    sign_in: SignIn, ada: User, failed: Submission, change: dict[str, str], field: str, words: str
) -> None:
    answer = sign_in(ada).post(door(failed), FORM | change)
    assert answer.status_code == 422
    assert words in answer.context["override_form"].errors[field][0]
    assert not ScoreOverride.objects.exists()


def test_learners_and_strangers_find_no_such_door(
    sign_in: SignIn, bob: User, charlie: User, client: Client, failed: Submission
) -> None:
    for who in (bob, charlie):
        assert sign_in(who).post(door(failed), FORM).status_code == 404
    assert client.post(door(failed), FORM).status_code == 302
    assert not ScoreOverride.objects.exists()
    assert "Set the score by hand" not in sign_in(bob).get(f"/submissions/{failed.pk}/").text


def test_a_run_that_is_not_over_offers_no_form(
    sign_in: SignIn, ada: User, bob: User, cohort: Cohort, grade: Grade
) -> None:
    waiting = grade(bob, check("one", "waiting"), state="queued")
    assert "Set the score by hand" not in sign_in(ada).get(f"/submissions/{waiting.pk}/").text


def test_reading_the_door_is_not_allowed(sign_in: SignIn, ada: User, failed: Submission) -> None:
    assert sign_in(ada).get(door(failed)).status_code == 405
