"""The doors to cohorts: made by those who teach, joined with a code."""

from __future__ import annotations

import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from courseplatform.accounts.models import Cohort, User


class CohortError(ValueError):
    """What was asked of a cohort cannot be done; the text says why."""


@transaction.atomic
def create_cohort(by: User, name: str) -> Cohort:
    """A new cohort taught by its maker; raises CohortError for an empty or taken name."""
    if not by.teaches:
        raise PermissionDenied
    name = " ".join(name.split())
    if not name:
        raise CohortError("Give the cohort a name.")
    if len(name) > 120:
        raise CohortError("The name is longer than 120 characters.")
    if Cohort.objects.filter(name__iexact=name).exists():
        raise CohortError(f"There is a cohort named {name} already.")
    slug = slugify(name) or "cohort"
    if Cohort.objects.filter(slug=slug).exists():
        slug = f"{slug}-{secrets.token_hex(3)}"
    cohort = Cohort.objects.create(name=name, slug=slug)
    cohort.instructors.add(by)
    return cohort


def join_cohort(user: User, code: str) -> Cohort:
    """Make the person a member of the cohort with that code; joining twice changes nothing."""
    code = "".join(code.split()).replace("-", "").upper()
    cohort = Cohort.objects.filter(join_code=code).first()
    if cohort is None:
        raise CohortError("No cohort has this code; ask your instructor for it again.")
    cohort.members.add(user)
    return cohort


def cohorts_of(user: User) -> QuerySet[Cohort]:
    """The cohorts that a person teaches or learns in; all of them for an administrator."""
    found = Cohort.objects.prefetch_related("instructors", "members")
    if user.is_superuser:
        return found
    return found.filter(Q(instructors=user) | Q(members=user)).distinct()
