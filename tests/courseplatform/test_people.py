"""Cohorts and demo people."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from courseplatform.accounts.cohorts import CohortError, cohorts_of, create_cohort, join_cohort
from courseplatform.accounts.models import Cohort, User
from courseplatform.ops.people import make_demo_people, sample_learner


def test_an_instructor_makes_a_cohort_and_teaches_it(ada: User) -> None:
    cohort = create_cohort(ada, "  Winter   term ")
    assert (cohort.name, cohort.slug) == ("Winter term", "winter-term")
    assert list(cohort.instructors.all()) == [ada]
    assert len(cohort.join_code) == 10


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "AUTUMN"])
def test_a_cohort_needs_a_name_of_its_own(ada: User, cohort: Cohort, name: str) -> None:
    with pytest.raises(CohortError):
        create_cohort(ada, name)
    assert Cohort.objects.count() == 1


def test_names_that_look_alike_in_an_address_are_kept_apart(ada: User, cohort: Cohort) -> None:
    assert create_cohort(ada, "Autumn!").slug != cohort.slug
    assert create_cohort(ada, "秋").slug == "cohort"


def test_learners_make_no_cohorts(bob: User) -> None:
    with pytest.raises(PermissionDenied):
        create_cohort(bob, "Mine")


def test_a_learner_joins_by_code_and_joining_twice_changes_nothing(charlie: User, cohort: Cohort) -> None:
    spelled = f" {cohort.join_code[:5].lower()}-{cohort.join_code[5:]} "
    for _ in range(2):
        assert join_cohort(charlie, spelled) == cohort
    assert list(cohort.members.filter(pk=charlie.pk)) == [charlie]


def test_a_wrong_code_joins_nothing(charlie: User, cohort: Cohort) -> None:
    with pytest.raises(CohortError, match="No cohort has this code"):
        join_cohort(charlie, "NOTACODE")


def test_each_sees_their_own_cohorts(ada: User, bob: User, charlie: User, root: User, cohort: Cohort) -> None:
    assert [list(cohorts_of(user)) for user in (ada, bob, charlie, root)] == [[cohort], [cohort], [], [cohort]]


def test_demo_people_are_made_once_and_their_passwords_work(db: None) -> None:
    made = {person.username: person.password for person in make_demo_people()}
    assert list(made) == ["ada", "bob", "root"]
    assert all(User.objects.get(username=name).check_password(password) for name, password in made.items())
    assert make_demo_people() == []
    ada, bob, root = (User.objects.get(username=name) for name in ("ada", "bob", "root"))
    assert (ada.is_instructor, bob.is_instructor, root.is_superuser) == (True, False, True)
    assert bob.cohorts.filter(instructors=ada).exists()


def test_forgotten_passwords_are_replaced(db: None) -> None:
    old = {person.username: person.password for person in make_demo_people()}
    out = io.StringIO()
    call_command("demo", "--reset-passwords", stdout=out)
    new = dict(line.split()[:2] for line in out.getvalue().splitlines())
    assert set(new) == set(old)
    assert not set(new.values()) & set(old.values())
    assert User.objects.get(username="bob").check_password(new["bob"])


def test_nobody_signs_in_as_the_sample_learner(db: None) -> None:
    assert sample_learner() == sample_learner()
    assert not sample_learner().has_usable_password()
