"""Who may see what: a learner their own, an instructor their cohorts', an administrator all, a stranger nothing."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from assignments import access
from assignments.grading import claim_run, grade_run
from assignments.models import GradingRun, Problem, ScoreOverride, Submission
from courseplatform.accounts.models import Cohort, User
from tests.assignments.support import WrittenEngine, hand_in, run_of, worker

HIDDEN = "test_total_of_fresh_values"


@pytest.fixture
def submission(bob: User, problem: Problem, cohort: Cohort) -> Submission:
    made = hand_in(bob, problem)
    grade_run(run_of(made).pk, worker(), WrittenEngine({HIDDEN: "failed"}, message="expected 3.5, found 4"))
    return made


def test_its_owner_their_instructor_and_the_administrator_open_a_submission(
    submission: Submission, ada: User, bob: User, root: User
) -> None:
    for user in (ada, bob, root):
        assert access.get_submission_for(user, submission.pk) == submission


def test_for_everyone_else_a_submission_does_not_exist(submission: Submission, charlie: User) -> None:
    other = User.objects.create_user("dora", is_instructor=True)
    for user in (charlie, other, AnonymousUser()):
        with pytest.raises(Http404):
            access.get_submission_for(user, submission.pk)
    for wrong in (uuid.uuid4(), "no uuid"):
        with pytest.raises(Http404):
            access.get_submission_for(charlie, wrong)


def test_an_instructor_of_nobody_sees_no_submissions(submission: Submission, ada: User, bob: User, root: User) -> None:
    other = User.objects.create_user("dora", is_instructor=True)
    assert list(access.cohort_submissions_for(ada)) == [submission]
    assert list(access.cohort_submissions_for(root)) == [submission]
    assert not access.cohort_submissions_for(other).exists()
    assert not access.cohort_submissions_for(bob).exists()


def test_another_cohort_narrows_the_list_and_opens_nothing(submission: Submission, ada: User, cohort: Cohort) -> None:
    empty = Cohort.objects.create(name="Empty", slug="empty")
    empty.members.add(User.objects.create_user("eve"))
    assert list(access.cohort_submissions_for(ada, cohort)) == [submission]
    assert not access.cohort_submissions_for(ada, empty).exists()


def test_of_a_hidden_check_the_learner_sees_whether_it_passed_and_the_hint(
    submission: Submission, ada: User, bob: User
) -> None:
    seen = {check.name: check for check in access.visible_checks(bob, submission)}
    hidden = seen[HIDDEN]
    assert (hidden.outcome, hidden.hint) == ("failed", "Add every value once.")
    assert (hidden.message, hidden.detail, hidden.seconds) == ("", {}, 0)
    assert seen["test_scale"].message == "expected 3.5, found 4"
    for_ada = {check.name: check for check in access.visible_checks(ada, submission)}
    assert for_ada[HIDDEN].message == "expected 3.5, found 4"


def test_a_fault_of_ours_tells_a_learner_nothing(submission: Submission, ada: User, bob: User) -> None:
    run_of(submission).checks.filter(name=HIDDEN).update(outcome="broken", message="input was [1, 2]")
    fresh = access.get_submission_for(bob, submission.pk)
    assert [check.message for check in access.visible_checks(bob, fresh) if check.outcome == "broken"] == [""]
    assert any(check.message == "input was [1, 2]" for check in access.visible_checks(ada, fresh))


def test_checks_still_to_come_are_listed_as_waiting_and_running(bob: User, problem: Problem) -> None:
    submission = hand_in(bob, problem)
    assert claim_run(run_of(submission).pk, "one") is not None
    GradingRun.objects.update(running_check="test_total_of_three")
    views = access.visible_checks(bob, submission)
    assert [view.outcome for view in views] == ["running", *["waiting"] * 5]
    assert not any(view.is_over or view.hint or view.message for view in views)


def test_closed_problems_are_there_for_those_who_teach(ada: User, bob: User, problem: Problem) -> None:
    Problem.objects.filter(pk=problem.pk).update(is_open=False)
    assert access.get_problem_for(ada, "series") == problem
    for user in (bob, AnonymousUser()):
        with pytest.raises(Http404):
            access.get_problem_for(user, "series")
    assert [found.slug for found in access.problems_for(bob)] == ["double"]


def test_trials_are_in_no_list(bob: User, ada: User, problem: Problem, cohort: Cohort) -> None:
    hand_in(bob, problem, kind="trial")
    assert not access.submissions_for(bob, problem).exists()
    assert not access.cohort_submissions_for(ada).exists()
    assert access.state_for(bob, problem) == "untouched"


def test_the_editorial_opens_with_full_marks(ada: User, bob: User, charlie: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem))
    assert not access.may_see_editorial(bob, problem)
    grade_run(run.pk, worker(), WrittenEngine())
    assert access.may_see_editorial(bob, problem)
    assert access.may_see_editorial(ada, problem)
    assert not access.may_see_editorial(charlie, problem)
    assert not access.may_see_editorial(AnonymousUser(), problem)


def test_the_owner_may_not_set_their_own_score(submission: Submission, ada: User, bob: User, charlie: User) -> None:
    assert access.can_override(ada, submission)
    assert not access.can_override(bob, submission)
    assert not access.can_override(charlie, submission)
    assert not access.can_override(AnonymousUser(), submission)


def test_a_history_of_many_costs_as_many_queries_as_one_of_few(
    bob: User, ada: User, problem: Problem, django_assert_max_num_queries: object
) -> None:
    from assignments.attempts import attempts_of

    for number in range(8):
        submission = hand_in(bob, problem, source=f"{WRITTEN}# {number}\n")
        ScoreOverride.objects.create(run=run_of(submission), score=number, reason="why", by=ada)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert [attempt.score for attempt in attempts_of(bob, problem)] == [7, 6, 5, 4, 3, 2, 1, 0]


WRITTEN = """
def total(values): return sum(values)
def scale(values, factor): return values * factor
class Counter: pass
def countdown(n): yield from range(n, 0, -1)
"""
