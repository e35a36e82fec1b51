"""Claiming, grading and recording: once, only while the claim holds, and never at the learner's cost."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils import timezone
from pytest_django import Settings

from assignments.grading import claim_run, grade_run, storable
from assignments.models import CheckRecord, Fault, GradingRun, Problem, ProblemVersion
from autograders.sandbox import SandboxUnavailable
from courseplatform.accounts.models import User
from tests.assignments.support import WrittenEngine, hand_in, run_of, worker


def test_a_verdict_is_recorded_with_its_checks(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem))
    grade_run(run.pk, worker(), WrittenEngine({"test_scale": "failed"}))
    run.refresh_from_db()
    assert (run.state, run.outcome, run.score, run.max_score) == ("done", "failed", 9, 13)
    assert (run.recorded, run.attempts, run.worker) == (1, 1, "worker@test")
    assert run.claim_token is None
    assert run.lease_until is None
    assert [check.outcome for check in run.checks.all()] == ["passed", "passed", "passed", "failed", "passed", "passed"]
    assert run.report is not None
    assert run.report["score"] == 9


def test_checks_appear_one_by_one(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem))
    seen: list[tuple[int, str]] = []

    def look(name: str) -> None:
        seen.append((CheckRecord.objects.filter(run=run).count(), run_of(run.submission).running_check))

    grade_run(run.pk, worker(), WrittenEngine(before_check=look))
    names = [check["name"] for check in run.checks_expected]
    assert seen == list(enumerate(names))


def test_a_message_that_comes_twice_finds_nothing_to_do(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem))
    engine = WrittenEngine()
    for _ in range(3):
        grade_run(run.pk, worker(), engine)
    assert engine.calls == 1
    assert run_of(run.submission).recorded == 1


def test_of_two_workers_one_gets_the_run(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem))
    assert claim_run(run.pk, "one") is not None
    assert claim_run(run.pk, "two") is None
    assert claim_run(run.pk + 1, "two") is None


def test_a_worker_that_lost_its_lease_records_nothing(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem))

    def be_taken_over(name: str) -> None:
        if name == "test_scale":
            GradingRun.objects.filter(pk=run.pk).update(claim_token=uuid.uuid4(), worker="another")

    grade_run(run.pk, worker(), WrittenEngine(before_check=be_taken_over))
    run.refresh_from_db()
    assert (run.state, run.worker, run.recorded, run.score) == ("grading", "another", 0, None)


def test_a_fault_of_ours_is_noted_and_tried_again_later(bob: User, problem: Problem, settings: Settings) -> None:
    settings.GRADING_BACKOFF_SECONDS = 60
    run = run_of(hand_in(bob, problem))
    grade_run(run.pk, worker(), WrittenEngine(broken="a zygote died"))
    run.refresh_from_db()
    assert (run.state, run.score, run.outcome, run.recorded) == ("queued", None, "", 0)
    assert run.not_before is not None
    assert run.not_before > timezone.now() + timedelta(seconds=50)
    assert not run.checks.exists()
    assert claim_run(run.pk, "too early") is None
    fault = Fault.objects.get(run=run)
    assert (fault.kind, fault.text, fault.worker) == ("grading", "a zygote died", "worker@test")


def test_after_the_last_attempt_the_run_is_set_aside_without_a_score(
    bob: User, problem: Problem, settings: Settings
) -> None:
    settings.GRADING_MAX_ATTEMPTS, settings.GRADING_BACKOFF_SECONDS = 3, 0
    run = run_of(hand_in(bob, problem))
    for _ in range(5):
        grade_run(run.pk, worker(), WrittenEngine(broken="the disk is full"))
    run.refresh_from_db()
    assert (run.state, run.attempts, run.score) == ("broken", 3, None)
    assert Fault.objects.count() == 3


def test_an_engine_that_raises_is_a_fault_of_ours(bob: User, problem: Problem) -> None:
    def fall_over(name: str) -> None:
        raise RuntimeError("out of wits")

    run = run_of(hand_in(bob, problem))
    grade_run(run.pk, worker(), WrittenEngine(before_check=fall_over))
    assert run_of(run.submission).state == "queued"
    assert Fault.objects.get().text == "RuntimeError: out of wits"


def test_a_host_without_a_sandbox_loses_nothing(bob: User, problem: Problem, settings: Settings) -> None:
    def refuse(name: str) -> None:
        raise SandboxUnavailable("no user namespaces here")

    settings.GRADING_MAX_ATTEMPTS, settings.GRADING_BACKOFF_SECONDS = 2, 0
    run = run_of(hand_in(bob, problem))
    for _ in range(5):
        grade_run(run.pk, worker(), WrittenEngine(before_check=refuse))
    assert run_of(run.submission).state == "queued"
    assert Fault.objects.count() == 5
    Fault.objects.exclude(pk=Fault.objects.latest("pk").pk).delete()
    assert (Fault.objects.get().kind, Fault.objects.get().text) == ("sandbox", "no user namespaces here")


def test_a_second_attempt_starts_with_no_checks_of_the_first(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem))
    CheckRecord.objects.create(
        run=run, position=0, name="test_scale", title="left over", outcome="passed", points=4, max_points=4
    )
    assert claim_run(run.pk, "one") is not None
    assert not CheckRecord.objects.exists()


def test_a_trial_runs_the_visible_checks_only(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem, kind="trial"))
    grade_run(run.pk, worker(), WrittenEngine())
    assert run.checks.count() == 5
    assert not run.checks.filter(hidden=True).exists()


def test_a_submission_is_graded_by_its_own_version_after_the_content_has_changed(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem))
    ProblemVersion.objects.filter(pk=run.version_id).update(folder="01-trying/gone")
    grade_run(run.pk, worker(), WrittenEngine())
    graded = run_of(run.submission)
    assert graded.report is not None
    assert graded.report["problem_version"] == run.version.digest


def test_what_a_learner_prints_can_be_stored_in_every_database(bob: User, problem: Problem) -> None:
    assert storable({"a\0": ["b\0", ("\ud800", 1, None)]}) == {"a\ufffd": ["b\ufffd", ["?", 1, None]]}
    run = run_of(hand_in(bob, problem))
    grade_run(run.pk, worker(), WrittenEngine(message="nothing \0 here \udcff"))
    assert run.checks.all()[0].message == "nothing \ufffd here ?"


def test_a_heartbeat_renews_only_what_is_held(bob: User, problem: Problem) -> None:
    held, other = run_of(hand_in(bob, problem)), run_of(hand_in(bob, problem, kind="trial"))
    mine, theirs = claim_run(held.pk, "mine"), claim_run(other.pk, "theirs")
    assert mine is not None
    assert theirs is not None
    past = timezone.now() - timedelta(seconds=5)
    GradingRun.objects.update(lease_until=past)
    keeper = worker("mine")
    with keeper.holding(mine.token, held.pk):
        keeper.beat()
    assert run_of(held.submission).lease_until > timezone.now()  # type: ignore[operator]
    assert run_of(other.submission).lease_until == past
