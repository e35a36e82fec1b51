"""What every answer carries, and what signing in allows."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from assignments.models import Problem, Submission
from courseplatform.accounts.models import User
from tests.assignments.support import hand_in


@pytest.fixture(autouse=True)
def no_counts() -> None:
    """Rate limits are counted afresh in each test."""
    cache.clear()


def test_health_is_told_to_anyone_who_asks_and_nothing_else(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert client.post("/healthz").status_code == 405


def test_pages_run_no_script_but_ours(client: Client, problem: Problem) -> None:
    policy = client.get(reverse("catalogue"))["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    assert directives["script-src"] == ["'self'"]
    assert directives["default-src"] == ["'self'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in policy


def test_pages_are_not_framed_sniffed_or_told_to_others(client: Client, problem: Problem) -> None:
    answer = client.get(reverse("catalogue"))
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_guessing_passwords_is_stopped(client: Client, bob: User) -> None:
    form = {"login": "bob", "password": "wrong"}
    answers = [client.post(reverse("account_login"), form) for _ in range(12)]
    assert "Too many" in answers[-1].content.decode()
    right = client.post(reverse("account_login"), {"login": "bob", "password": "bob's long password"})
    assert right.status_code != 302


def test_names_of_the_house_cannot_be_taken(client: Client, db: None) -> None:
    for name in ("root", "self check"):
        form = {"username": name, "email": "", "password1": "a fine long password", "password2": "a fine long password"}
        assert client.post(reverse("account_signup"), form).status_code == 200
    assert not User.objects.exists()


def test_passwords_are_kept_by_argon2(db: None, settings: object) -> None:
    from courseplatform import settings as ours

    assert ours.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_a_session_cookie_is_kept_from_scripts_and_other_sites(client: Client, bob: User) -> None:
    client.post(reverse("account_login"), {"login": "bob", "password": "bob's long password"})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_the_administrator_looks_at_rows_and_changes_none(
    client: Client, root: User, bob: User, problem: Problem
) -> None:
    submission = hand_in(bob, problem)
    client.force_login(root)
    for model in ("submission", "gradingrun", "fault", "workerseen", "scoreoverride", "problem"):
        assert client.get(reverse(f"admin:assignments_{model}_changelist")).status_code == 200
    page = reverse("admin:assignments_submission_change", args=[submission.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"kind": "trial"}).status_code == 403
    assert Submission.objects.get().kind == "graded"


def test_admin_pages_are_closed_to_others(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert client.get(reverse("admin:index")).status_code == 302
