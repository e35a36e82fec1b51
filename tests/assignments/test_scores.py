"""What scores add up to, and scores set by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.core.exceptions import PermissionDenied

from assignments import scoring
from assignments.attempts import attempts_of, standing_of, standings
from assignments.grading import grade_run
from assignments.models import Problem, ScoreOverride, Submission
from assignments.overriding import OverrideError, override, undo_override
from courseplatform.accounts.models import Cohort, User
from tests.assignments.support import WrittenEngine, hand_in, run_of, worker


@dataclass(frozen=True)
class Scored:
    score: float | None
    max_score: float = 10.0


@pytest.fixture
def submission(bob: User, problem: Problem, cohort: Cohort) -> Submission:
    made = hand_in(bob, problem)
    grade_run(run_of(made).pk, worker(), WrittenEngine({"test_scale": "failed"}))
    return made


def test_the_latest_score_set_by_hand_counts() -> None:
    assert scoring.final_score(4.0, []) == 4
    assert scoring.final_score(4.0, [Scored(7.0), Scored(0.0)]) == 0
    assert scoring.final_score(4.0, [Scored(7.0), Scored(None)]) == 4
    assert scoring.final_score(None, [Scored(7.0)]) == 7


def test_the_best_attempt_has_the_highest_share_and_is_the_first_of_equals() -> None:
    first, second = Scored(5.0), Scored(5.0)
    assert scoring.best([Scored(None), first, second, Scored(6.0, 20.0)]) is first
    assert scoring.best([Scored(None)]) is None
    assert scoring.best([]) is None


def test_a_problem_is_untouched_then_tried_then_solved() -> None:
    assert scoring.state_of([]) == "untouched"
    assert scoring.state_of([Scored(None), Scored(9.0)]) == "tried"
    assert scoring.state_of([Scored(9.0), Scored(10.0)]) == "solved"
    assert scoring.state_of([Scored(0.0, 0.0)]) == "tried"


def test_standings_tell_of_tried_problems_only(submission: Submission, bob: User, problem: Problem) -> None:
    found = standings(bob)
    assert list(found) == [problem.pk]
    assert (found[problem.pk].state, found[problem.pk].attempts) == ("tried", 1)
    assert standing_of(bob, problem) == found[problem.pk]


def test_a_score_set_by_hand_counts_and_can_be_taken_back(
    submission: Submission, ada: User, bob: User, problem: Problem
) -> None:
    override(ada, submission, 13, "the statement was unclear")
    (attempt,) = attempts_of(bob, problem)
    assert (attempt.score, attempt.graded_score, attempt.overridden) == (13, 9, True)
    assert standing_of(bob, problem).state == "solved"
    undo_override(ada, submission)
    (attempt,) = attempts_of(bob, problem)
    assert (attempt.score, attempt.overridden) == (9, False)
    assert [each.score for each in ScoreOverride.objects.all()] == [13, None]


def test_the_same_score_twice_is_set_once_and_taken_back_once(submission: Submission, ada: User) -> None:
    for _ in range(2):
        override(ada, submission, 10, "effort")
    for _ in range(2):
        undo_override(ada, submission)
    assert ScoreOverride.objects.count() == 2


@pytest.mark.parametrize("score", [-1, 13.5, float("nan"), float("inf")])
def test_a_score_outside_the_problem_is_refused(submission: Submission, ada: User, score: float) -> None:
    with pytest.raises(OverrideError, match="between 0 and 13") as caught:
        override(ada, submission, score, "why not")
    assert caught.value.field == "score"


def test_a_reason_is_asked_for(submission: Submission, ada: User) -> None:
    with pytest.raises(OverrideError, match="Say why"):
        override(ada, submission, 3, "  ")
    assert not ScoreOverride.objects.exists()


def test_learners_and_strangers_set_no_score(submission: Submission, bob: User, charlie: User) -> None:
    for user in (bob, charlie, User.objects.create_user("dora", is_instructor=True)):
        with pytest.raises(PermissionDenied):
            override(user, submission, 13, "please")
        with pytest.raises(PermissionDenied):
            undo_override(user, submission)


def test_an_override_is_never_changed(submission: Submission, ada: User) -> None:
    made = override(ada, submission, 3, "why")
    made.score = 4
    with pytest.raises(TypeError, match="never changed"):
        made.save()
