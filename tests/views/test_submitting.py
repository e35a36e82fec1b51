"""A solution is handed in once, however often the button is pressed, and a refusal never loses work."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from assignments.models import Problem, Submission
from courseplatform.accounts.models import User
from tests.views.conftest import SignIn

GOOD = "def double(x):\r\n    return x + x\r\n"
SCRIPT = {"HX-Request": "true"}


def send(
    client: Client, door: str = "submit", slug: str = "double", script: bool = False, **fields: Any
) -> HttpResponse:
    data = {"request_key": str(uuid.uuid4()), "source": GOOD} | fields
    answer: Any = client.post(f"/problems/{slug}/{door}/", data, headers=SCRIPT if script else None)
    return answer  # type: ignore[no-any-return]


def test_it_leads_to_the_page_of_the_submission(sign_in: SignIn, bob: User, problem: Problem) -> None:
    answer = send(sign_in(bob))
    made = Submission.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/submissions/{made.pk}/"
    assert (made.user, made.kind) == (bob, "graded")
    assert made.files == {"solution.py": "def double(x):\n    return x + x\n"}


def test_two_clicks_make_one_submission(sign_in: SignIn, bob: User, problem: Problem) -> None:
    client, key = sign_in(bob), str(uuid.uuid4())
    answers = [send(client, request_key=key) for _ in range(2)]
    assert Submission.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]


def test_two_clicks_make_one_even_after_the_first_was_graded(sign_in: SignIn, bob: User, problem: Problem) -> None:
    client, key = sign_in(bob), str(uuid.uuid4())
    send(client, request_key=key)
    Submission.objects.get().runs.update(state="done")
    send(client, request_key=key)
    assert Submission.objects.count() == 1


def test_an_edit_after_going_back_makes_another(sign_in: SignIn, bob: User, problem: Problem) -> None:
    client, key = sign_in(bob), str(uuid.uuid4())
    send(client, request_key=key)
    send(client, request_key=key, source=GOOD + "# better\r\n")
    assert Submission.objects.count() == 2


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def double(x:\r\n", "line 1"),
        ("", "empty"),
        ("x = 1\r\n", "double"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_written(
    sign_in: SignIn, bob: User, problem: Problem, source: str, words: str
) -> None:
    answer = send(sign_in(bob), source=source)
    assert answer.status_code == 422
    (said,) = answer.context["form"].errors["source"]  # type: ignore[attr-defined]
    assert words in said
    assert said.endswith(".")
    assert answer.context["form"]["source"].value() == source  # type: ignore[attr-defined]
    assert 'role="alert"' in answer.content.decode()
    assert not Submission.objects.exists()


def test_after_a_refusal_the_form_has_a_new_key(sign_in: SignIn, bob: User, problem: Problem) -> None:
    key = str(uuid.uuid4())
    answer = send(sign_in(bob), source="", request_key=key)
    assert answer.context["form"]["request_key"].value() != key  # type: ignore[attr-defined]


def test_a_damaged_key_is_asked_for_again(sign_in: SignIn, bob: User, problem: Problem) -> None:
    answer = send(sign_in(bob), request_key="nonsense")
    assert answer.status_code == 422
    assert "send it once more" in answer.content.decode()


def test_a_file_is_taken_in_place_of_the_editor(sign_in: SignIn, bob: User, problem: Problem) -> None:
    send(sign_in(bob), upload=SimpleUploadedFile("mine.py", b"def double(x):\n    return 2 * x\n"), source="")
    assert "2 * x" in next(iter(Submission.objects.get().files.values()))


@pytest.mark.parametrize("content", [b"", b"\x7fELF\x00\x01", b"PK\x03\x04nonsense"])
def test_a_file_that_is_no_source_is_refused_beside_its_field(
    sign_in: SignIn, bob: User, problem: Problem, content: bytes
) -> None:
    answer = send(sign_in(bob), upload=SimpleUploadedFile("mine.zip", content))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["upload"]  # type: ignore[attr-defined]
    assert not Submission.objects.exists()


def test_visible_checks_are_run_as_a_trial(sign_in: SignIn, bob: User, problem: Problem) -> None:
    answer = send(sign_in(bob), "run", script=True)
    made = Submission.objects.get()
    assert made.kind == "trial"
    text = answer.content.decode()
    assert "<html" not in text
    assert f"/submissions/{made.pk}/progress/" in text
    assert 'id="id_request_key"' in text


def test_without_scripts_a_trial_has_a_page(sign_in: SignIn, bob: User, problem: Problem) -> None:
    assert send(sign_in(bob), "run")["Location"] == f"/submissions/{Submission.objects.get().pk}/"


def test_a_refused_trial_is_explained_beside_the_editor(sign_in: SignIn, bob: User, problem: Problem) -> None:
    answer = send(sign_in(bob), "run", script=True, source="def double(x:")
    assert answer["HX-Retarget"] == "#solution-errors"
    assert "line 1" in answer.content.decode()


@pytest.mark.parametrize("door", ["submit", "run"])
def test_reading_the_door_is_not_allowed(sign_in: SignIn, bob: User, problem: Problem, door: str) -> None:
    assert sign_in(bob).get(f"/problems/double/{door}/").status_code == 405


@pytest.mark.parametrize("door", ["submit", "run", "draft"])
def test_others_must_sign_in_first(client: Client, problem: Problem, door: str) -> None:
    answer = send(client, door)
    assert answer["Location"].startswith("/accounts/login/?next=")
    assert send(client, door, script=True).status_code == 401
    assert not Submission.objects.exists()


@pytest.mark.parametrize("door", ["submit", "run", "draft"])
def test_a_problem_that_is_not_there_takes_nothing(sign_in: SignIn, bob: User, problem: Problem, door: str) -> None:
    assert send(sign_in(bob), door, slug="nothing").status_code == 404


def test_forms_from_elsewhere_are_refused(bob: User, problem: Problem) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    answer = send(client)
    assert answer.status_code == 403
    assert "The form had grown too old" in answer.content.decode()
    assert not Submission.objects.exists()
