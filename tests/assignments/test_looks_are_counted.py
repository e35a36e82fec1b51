"""Looks at hidden data: one for each verdict, none for a fault of ours, and none lost between two workers."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from assignments import access, ladders
from assignments.grading import grade_run
from assignments.models import CheckRecord, Fault, HoldoutLadder, Problem, Submission
from autograders.ladder import Ladder
from courseplatform.accounts.models import Cohort, User
from tests.assignments.support import SOLUTION, WrittenEngine, hand_in, run_of, worker

LOOKS = "test_scale"
HIDDEN = "test_total_of_fresh_values"


def engine(**options: Any) -> WrittenEngine:
    return WrittenEngine(looks_at=(LOOKS,), **options)


def graded(user: User, problem: Problem, by: WrittenEngine | None = None, kind: str = "graded") -> Submission:
    submission = hand_in(user, problem, kind=kind)
    grade_run(run_of(submission).pk, worker(), by or engine())
    return submission


def looks(user: User) -> int:
    row = HoldoutLadder.objects.filter(user=user, check_name=LOOKS).first()
    return row.queries if row else 0


def test_each_verdict_counts_one_look_and_the_next_run_begins_with_what_it_left(bob: User, problem: Problem) -> None:
    watching = engine()
    for expected in (1, 2, 3):
        graded(bob, problem, watching)
        assert looks(bob) == expected
    assert watching.histories[0] == {}
    assert watching.histories[2][LOOKS] == Ladder.from_json(
        {"data": "the data", "version": watching.histories[2][LOOKS].version, "queries": 2}
        | {"released": 0.82, "low": 0.7, "high": 0.95}
    )
    assert HoldoutLadder.objects.get().revision == 3


def test_a_problem_without_hidden_data_leaves_nothing(bob: User, problem: Problem) -> None:
    graded(bob, problem, WrittenEngine())
    assert not HoldoutLadder.objects.exists()


def test_learners_and_problems_have_ladders_of_their_own(
    bob: User, charlie: User, problem: Problem, double: Problem
) -> None:
    watching = engine()
    graded(bob, problem, watching)
    graded(charlie, problem, watching)
    hand_in_double = hand_in(bob, double, source="def double(x):\n    return x + x\n")
    grade_run(run_of(hand_in_double).pk, worker(), watching)
    assert watching.histories == [{}, {}, {}]
    assert (looks(bob), looks(charlie)) == (1, 1)


def test_a_trial_that_looked_counts_too(bob: User, problem: Problem) -> None:
    graded(bob, problem, kind="trial")
    watching = engine()
    graded(bob, problem, watching)
    assert watching.histories[0][LOOKS].queries == 1
    assert looks(bob) == 2


def test_a_message_that_comes_twice_counts_once(bob: User, problem: Problem) -> None:
    submission = graded(bob, problem)
    for _ in range(2):
        grade_run(run_of(submission).pk, worker(), engine())
    assert looks(bob) == 1


def test_a_run_that_breaks_costs_no_look_however_often_it_is_tried(
    bob: User, problem: Problem, settings: Settings
) -> None:
    settings.GRADING_MAX_ATTEMPTS, settings.GRADING_BACKOFF_SECONDS = 4, 0
    submission = hand_in(bob, problem)
    for _ in range(3):
        grade_run(run_of(submission).pk, worker(), engine(broken="a zygote died"))
    assert looks(bob) == 0
    grade_run(run_of(submission).pk, worker(), engine())
    assert looks(bob) == 1


def test_a_worker_that_lost_its_lease_counts_nothing(bob: User, problem: Problem) -> None:
    submission = hand_in(bob, problem)

    def be_taken_over(name: str) -> None:
        run = run_of(submission)
        run.claim_token = None
        run.save(update_fields=["claim_token"])

    grade_run(run_of(submission).pk, worker(), engine(before_check=be_taken_over))
    assert looks(bob) == 0


def test_of_two_runs_at_once_neither_look_is_lost(bob: User, problem: Problem) -> None:
    """While the first is graded the second gets its verdict: the first is graded again, with what that left."""
    first, second = hand_in(bob, problem), hand_in(bob, problem, source=SOLUTION + "\n# once more\n")
    overtaking = {"done": False}

    def overtake(name: str) -> None:
        if name == LOOKS and not overtaking["done"]:
            overtaking["done"] = True
            grade_run(run_of(second).pk, worker("another@test"), engine())

    slow = engine(before_check=overtake)
    grade_run(run_of(first).pk, worker(), slow)
    assert looks(bob) == 2
    assert slow.calls == 2
    assert [history.get(LOOKS) is not None for history in slow.histories] == [False, True]
    told = CheckRecord.objects.get(run=run_of(first), name=LOOKS)
    assert told.detail["looks"] == 2
    assert CheckRecord.objects.filter(run=run_of(first)).count() == 6
    assert [run_of(each).recorded for each in (first, second)] == [1, 1]


def test_neither_is_lost_where_there_was_a_ladder_before(bob: User, problem: Problem) -> None:
    graded(bob, problem)
    first, second = hand_in(bob, problem), hand_in(bob, problem, kind="trial")
    before = ladders.remembered(first)
    grade_run(run_of(second).pk, worker(), engine())
    with pytest.raises(ladders.Outdated):
        ladders.keep(first, {LOOKS: before.ladders[LOOKS].looked()}, before)
    assert looks(bob) == 2


def test_a_run_that_is_overtaken_again_and_again_goes_back_to_the_queue(bob: User, problem: Problem) -> None:
    submission = hand_in(bob, problem)

    def overtake(name: str) -> None:
        if name == LOOKS:
            other = hand_in(bob, problem, kind="trial")
            grade_run(run_of(other).pk, worker("another@test"), engine())

    grade_run(run_of(submission).pk, worker(), engine(before_check=overtake))
    assert run_of(submission).state == "queued"
    assert "overtaken" in Fault.objects.get().text
    assert not CheckRecord.objects.filter(run=run_of(submission)).exists()


def test_what_was_kept_and_cannot_be_read_is_a_fault_of_ours(bob: User, problem: Problem) -> None:
    HoldoutLadder.objects.create(user=bob, problem=problem, check_name=LOOKS, state={"queries": 1})
    submission = graded(bob, problem)
    assert run_of(submission).state == "queued"
    assert "what earlier submissions left cannot be read" in Fault.objects.get().text


# --- who sees what --------------------------------------------------------------------------------


def detail_for(user: User, submission: Submission, name: str = LOOKS) -> dict[str, Any]:
    shown = access.get_submission_for(user, submission.pk)
    return next(check.detail for check in access.visible_checks(user, shown) if check.name == name)


def test_a_learner_sees_the_released_score_and_nothing_behind_it(bob: User, problem: Problem) -> None:
    submission = graded(bob, problem)
    assert detail_for(bob, submission) == {"kind": "holdout", "released": 0.81, "looks": 1}


def test_who_teaches_sees_both_parts_over_all_that_the_learner_handed_in(
    ada: User, bob: User, charlie: User, cohort: Cohort, problem: Problem
) -> None:
    graded(charlie, problem)
    first, second = graded(bob, problem), graded(bob, problem)
    staff = detail_for(ada, first)["staff"]
    assert (staff["public"], staff["private"]) == (0.8123, 0.7321)
    assert [each["ladder"]["queries"] for each in staff["over"]] == [1, 2]
    assert [each["this"] for each in staff["over"]] == [True, False]
    assert [each["this"] for each in detail_for(ada, second)["staff"]["over"]] == [False, True]


def test_of_a_hidden_check_a_learner_sees_not_even_the_looks(bob: User, problem: Problem) -> None:
    submission = graded(bob, problem, WrittenEngine(looks_at=(HIDDEN,)))
    assert HoldoutLadder.objects.get(check_name=HIDDEN).queries == 1
    assert detail_for(bob, submission, HIDDEN) == {}


def test_a_look_is_told_only_with_the_verdict_that_counts_it(
    bob: User, ada: User, cohort: Cohort, problem: Problem
) -> None:
    """Else a run that breaks afterwards, and is graded again, would have told a score for nothing."""
    submission = hand_in(bob, problem)
    seen: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for person in (bob, ada):
            shown = access.get_submission_for(person, submission.pk)
            over = [check.name for check in access.visible_checks(person, shown) if check.is_over]
            seen[person.username] = over

    grade_run(run_of(submission).pk, worker(), engine(before_check=look))
    assert LOOKS not in seen["bob"]
    assert len(seen["bob"]) >= 3
    assert LOOKS in seen["ada"]
    assert detail_for(bob, submission)["looks"] == 1
