"""The demo people: ada teaches, bob learns, root administers; and the learner of the self-check."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from courseplatform.accounts.models import Cohort, User

# The words for each, and the flags that make the role.
PEOPLE: dict[str, tuple[str, dict[str, bool]]] = {
    "ada": ("teaches", {"is_instructor": True}),
    "bob": ("learns", {}),
    "root": ("administers", {"is_instructor": True, "is_staff": True, "is_superuser": True}),
}
# Nobody can sign up under a name with a space in it.
SAMPLE_LEARNER = "self check"
COHORT = ("Demo cohort", "demo-cohort")


@dataclass(frozen=True)
class Password:
    """A password just made: it is shown once and kept nowhere."""

    username: str
    role: str
    password: str


@transaction.atomic
def make_demo_people(*, reset: bool = False) -> list[Password]:
    """Make the demo people who are missing, with new passwords; with `reset` everyone gets a new one."""
    made = []
    for username, (role, flags) in PEOPLE.items():
        user, created = User.objects.get_or_create(username=username, defaults=flags)
        if created or reset:
            password = secrets.token_urlsafe(12)
            user.set_password(password)
            user.save()
            made.append(Password(username, role, password))
    cohort, created = Cohort.objects.get_or_create(slug=COHORT[1], defaults={"name": COHORT[0]})
    if created:
        cohort.instructors.add(User.objects.get(username="ada"))
        cohort.members.add(User.objects.get(username="bob"))
    return made


def sample_learner(number: int = 0) -> User:
    """A learner in whose name the self-check submits; nobody can sign in as them."""
    user, created = User.objects.get_or_create(username=f"{SAMPLE_LEARNER} {number}" if number else SAMPLE_LEARNER)
    if created:
        user.set_unusable_password()
        user.save()
    return user
