"""People and the cohorts they teach and learn in."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models

# No vowels and no look-alikes: a code is read aloud in a lecture hall and spells nothing.
CODE_ALPHABET = "BCDFGHJKMNPQRSTVWXZ23456789"
CODE_LENGTH = 10


def new_join_code() -> str:
    """A code that cannot be guessed; whoever has it may join the cohort."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class User(AbstractUser):
    """A person. Instructors see the submissions of their cohorts; superusers administer the site."""

    is_instructor = models.BooleanField("teaches", default=False)

    @property
    def teaches(self) -> bool:
        """May open the teaching pages."""
        return self.is_instructor or self.is_superuser


class Cohort(models.Model):
    """Learners taught together; the join code is how they come in."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    instructors = models.ManyToManyField(User, related_name="taught_cohorts", blank=True)
    members = models.ManyToManyField(User, related_name="cohorts", blank=True)
    join_code = models.CharField(max_length=16, unique=True, default=new_join_code)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
