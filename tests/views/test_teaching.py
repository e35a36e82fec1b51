"""Instructors see what their learners handed in, and run their cohorts."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from assignments.models import Problem
from assignments.views import teaching
from courseplatform.accounts.models import Cohort, User
from tests.views.conftest import Grade, SignIn, check

LIST = "/teaching/submissions/"
COHORTS = "/teaching/cohorts/"


def test_it_lists_one_s_learners_and_no_others(
    sign_in: SignIn, ada: User, bob: User, charlie: User, cohort: Cohort, grade: Grade
) -> None:
    mine, other = grade(bob), grade(charlie)
    page = sign_in(ada).get(LIST).text
    assert str(mine.pk) in page
    assert str(other.pk) not in page


def test_an_administrator_sees_all(sign_in: SignIn, root: User, charlie: User, grade: Grade) -> None:
    assert str(grade(charlie).pk) in sign_in(root).get(LIST).text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("problem=double", 3),
        ("problem=series", 1),
        ("learner=BO", 4),
        ("learner=zoe", 0),
        ("outcome=passed", 2),
        ("outcome=failed", 1),
        ("outcome=waiting", 0),
        ("outcome=broken", 1),
        ("cohort=autumn&outcome=passed", 2),
        ("outcome=nonsense", 4),
    ],
)
def test_it_can_be_filtered(
    sign_in: SignIn, ada: User, bob: User, cohort: Cohort, grade: Grade, query: str, count: int
) -> None:
    grade(bob)
    grade(bob, check("one", "failed"))
    grade(bob, check("one", "waiting"), state="broken")
    grade(bob, of=Problem.objects.select_related("current").get(slug="series"))
    assert len(sign_in(ada).get(f"{LIST}?{query}").context["attempts"]) == count


def test_a_long_list_is_paged_and_keeps_its_filter(
    sign_in: SignIn, ada: User, bob: User, cohort: Cohort, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "PAGE", 2)
    for _ in range(3):
        grade(bob)
    client = sign_in(ada)
    page = client.get(f"{LIST}?outcome=passed").text
    assert "Page 1 of 2, 3 in all" in page
    assert "?outcome=passed&amp;page=2" in page
    assert len(client.get(f"{LIST}?page=2").context["attempts"]) == 1


def test_a_long_list_takes_few_queries(
    sign_in: SignIn, ada: User, bob: User, cohort: Cohort, grade: Grade,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for _ in range(10):
        grade(bob)
    client = sign_in(ada)
    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_learners_find_no_such_page(sign_in: SignIn, client: Client, bob: User) -> None:
    assert sign_in(bob).get(LIST).status_code == 404
    assert client.get(LIST).status_code == 302


def test_an_instructor_makes_a_cohort_and_reads_its_code(sign_in: SignIn, ada: User) -> None:
    client = sign_in(ada)
    assert client.post(COHORTS, {"action": "create", "name": "Spring"}).status_code == 302
    made = Cohort.objects.get()
    assert made.join_code in client.get(COHORTS).text
    assert list(made.instructors.all()) == [ada]


def test_the_same_name_twice_makes_one(sign_in: SignIn, ada: User) -> None:
    client = sign_in(ada)
    client.post(COHORTS, {"action": "create", "name": "Spring"})
    again = client.post(COHORTS, {"action": "create", "name": "spring"})
    assert again.status_code == 422
    assert "already" in again.text
    assert Cohort.objects.count() == 1


def test_a_learner_joins_by_the_code_and_joining_twice_changes_nothing(
    sign_in: SignIn, charlie: User, cohort: Cohort
) -> None:
    client = sign_in(charlie)
    for _ in range(2):
        assert client.post(COHORTS, {"action": "join", "code": cohort.join_code.lower()}).status_code == 302
    assert cohort.members.filter(pk=charlie.pk).count() == 1
    assert "You are in Autumn." in client.get(COHORTS).text


def test_a_wrong_code_is_explained(sign_in: SignIn, charlie: User, cohort: Cohort) -> None:
    answer = sign_in(charlie).post(COHORTS, {"action": "join", "code": "NOPE"})
    assert answer.status_code == 422
    assert "No cohort has this code" in answer.text


def test_learners_see_neither_the_code_nor_the_others(
    sign_in: SignIn, bob: User, charlie: User, cohort: Cohort
) -> None:
    cohort.members.add(charlie)
    page = sign_in(bob).get(COHORTS).text
    assert "Autumn" in page
    assert cohort.join_code not in page
    assert "charlie" not in page


def test_learners_make_no_cohorts(sign_in: SignIn, bob: User) -> None:
    assert sign_in(bob).post(COHORTS, {"action": "create", "name": "Mine"}).status_code == 403
    assert not Cohort.objects.exists()
    assert "Create a cohort" not in sign_in(bob).get(COHORTS).text


def test_visitors_sign_in_first(client: Client, db: None) -> None:
    assert client.get(COHORTS).status_code == 302
