"""An administrator sees the queue, the workers and the faults, and puts broken runs back."""

from __future__ import annotations

import pytest
from django.test import Client

from assignments.models import Fault, GradingRun, WorkerSeen
from courseplatform.accounts.models import User
from tests.views.conftest import Grade, SignIn, check

PAGE = "/operations/"


@pytest.fixture
def broken(bob: User, grade: Grade) -> GradingRun:
    run = grade(bob, check("one", "waiting"), state="broken", attempts=4).run
    assert run is not None
    Fault.objects.create(run=run, worker="worker-1", kind="sandbox", text="The zygote died.")
    return run


def test_it_shows_queue_workers_and_faults(
    sign_in: SignIn, root: User, bob: User, grade: Grade, broken: GradingRun
) -> None:
    grade(bob, check("one", "waiting"), state="queued")
    WorkerSeen.objects.create(name="worker-1", host="here", placement="local", sandbox_state="ready")
    page = sign_in(root).get(PAGE).text
    for words in ("<dt>Waiting</dt><dd>1</dd>", "worker-1", "local: ready", "The zygote died.", "Not graded yet"):
        assert words in page


def test_without_a_worker_it_says_that_submissions_wait(sign_in: SignIn, root: User) -> None:
    assert "submissions wait until one starts" in sign_in(root).get(PAGE).text


def test_a_script_gets_the_figures_alone(sign_in: SignIn, root: User) -> None:
    part = sign_in(root).get(PAGE, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "Oldest wait" in part


def test_a_broken_run_is_put_back_once(sign_in: SignIn, root: User, broken: GradingRun) -> None:
    client = sign_in(root)
    for _ in range(2):
        assert client.post(f"/operations/runs/{broken.pk}/requeue/")["Location"] == PAGE
    broken.refresh_from_db()
    assert (broken.state, broken.attempts) == ("queued", 0)
    assert "nothing was changed" in client.get(PAGE).text


def test_a_run_that_is_not_there_is_not_found(sign_in: SignIn, root: User) -> None:
    assert sign_in(root).post("/operations/runs/99/requeue/").status_code == 404


def test_nobody_else_finds_the_page_or_the_door(
    sign_in: SignIn, client: Client, ada: User, bob: User, broken: GradingRun
) -> None:
    for who in (ada, bob):
        assert sign_in(who).get(PAGE).status_code == 404
        assert sign_in(who).post(f"/operations/runs/{broken.pk}/requeue/").status_code == 404
    assert client.get(PAGE).status_code == 302
    broken.refresh_from_db()
    assert broken.state == "broken"


def test_putting_back_is_no_reading(sign_in: SignIn, root: User, broken: GradingRun) -> None:
    assert sign_in(root).get(f"/operations/runs/{broken.pk}/requeue/").status_code == 405
