"""People sign up, in and out, change their password, and are told kindly what cannot be shown."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client

from assignments.wording import OUTCOMES
from courseplatform.accounts.models import User
from tests.views.conftest import PASSWORD, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> None:
    cache.clear()


def test_a_visitor_signs_up_and_is_signed_in(client: Client) -> None:
    form = {"username": "dora", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/accounts/signup/?next=/help/", form | {"next": "/help/"})
    assert answer["Location"] == "/help/"
    assert "Signed in as <strong>dora</strong>" in client.get("/").text
    assert not User.objects.get().is_instructor


def test_signing_in_leads_back_to_the_page_one_was_on(client: Client) -> None:
    assert 'href="/accounts/login/?next=%2Fhelp%2F%3Fa%3D1%26b"' in client.get("/help/?a=1&b").text
    assert 'href="/accounts/login/"' in client.get("/").text
    assert 'href="/accounts/login/"' in client.get("/nothing/").text


def test_errors_stand_beside_their_fields(client: Client, bob: User) -> None:
    page = client.post("/accounts/signup/", {"username": "bob", "password1": "short", "password2": "other"}).text
    assert 'aria-invalid="true"' in page
    assert 'id="id_username_error"' in page


def test_one_signs_in_and_out(client: Client, bob: User) -> None:
    assert client.post("/accounts/login/", {"login": "bob", "password": PASSWORD})["Location"] == "/"
    assert "Sign out" in client.get("/").text
    client.post("/accounts/logout/")
    assert "Sign in" in client.get("/").text


def test_a_wrong_password_is_explained(client: Client, bob: User) -> None:
    page = client.post("/accounts/login/", {"login": "bob", "password": "wrong"}).text
    assert 'role="alert"' in page


def test_too_many_tries_are_told_to_wait(client: Client, bob: User) -> None:
    answers = [client.post("/accounts/login/", {"login": "bob", "password": "wrong"}) for _ in range(12)]
    assert any("too many" in answer.text.lower() for answer in answers)


def test_a_password_can_be_changed(sign_in: SignIn, bob: User) -> None:
    form = {"oldpassword": PASSWORD, "password1": "another-good-one", "password2": "another-good-one"}
    assert sign_in(bob).post("/accounts/password/change/", form).status_code == 302
    bob.refresh_from_db()
    assert bob.check_password("another-good-one")


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/reauthenticate/"]
)
def test_every_account_page_has_the_site_s_frame(client: Client, sign_in: SignIn, bob: User, address: str) -> None:
    asking = sign_in(bob) if "reauth" in address else client
    page = asking.get(address)
    assert page.status_code == 200
    assert 'class="masthead"' in page.text


def test_an_address_that_is_not_there_leads_back(client: Client) -> None:
    page = client.get("/nothing/here/")
    assert page.status_code == 404
    assert "Nothing is here" in page.text
    assert "Go to the problems" in page.text


@pytest.mark.parametrize("name", ["403.html", "429.html", "500.html", "400.html"])
def test_error_pages_need_nothing_to_be_shown(name: str) -> None:
    assert "Go to the problems" in render_to_string(name, request=None)


def test_help_uses_the_words_of_the_results(client: Client) -> None:
    page = client.get("/help/").text
    for words in OUTCOMES.values():
        assert all(word in page for word in words)


@pytest.mark.parametrize("address", ["/", "/help/", "/accounts/login/"])
def test_the_content_policy_is_strict(client: Client, address: str) -> None:
    page = client.get(address)
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    nonce = page.text.split('name="csp-nonce" content="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in policy
