"""People, a small catalogue, and submissions in every state, for tests of the pages."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from assignments.models import CheckRecord, GradingRun, Problem, Submission
from courseplatform.accounts.cohorts import create_cohort, join_cohort
from courseplatform.accounts.models import Cohort, User
from courseplatform.curriculum.loading import load_content

PROBLEMS = Path(__file__).resolve().parents[1] / "data" / "problems"
PASSWORD = "correct-horse-battery"

Grade = Callable[..., Submission]
SignIn = Callable[[User], Client]


def make_person(name: str, **flags: bool) -> User:
    return User.objects.create_user(name, "", PASSWORD, **flags)


@pytest.fixture(autouse=True)
def own_folders(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada(db: None) -> User:
    return make_person("ada", is_instructor=True)


@pytest.fixture
def bob(db: None) -> User:
    return make_person("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return make_person("charlie")


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", is_superuser=True, is_staff=True)


@pytest.fixture
def cohort(ada: User, bob: User) -> Cohort:
    """ada teaches bob; charlie is a stranger to both."""
    made = create_cohort(ada, "Autumn")
    return join_cohort(bob, made.join_code)


@pytest.fixture
def sign_in() -> SignIn:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def catalogue(db: None, tmp_path: Path) -> Path:
    """Two problems in two chapters."""
    root = tmp_path / "content"
    for number, title, problem in (("01", "Beginnings", "double"), ("02", "Middles", "series")):
        chapter = root / f"{number}-{title.lower()}"
        shutil.copytree(PROBLEMS / problem, chapter / problem)
        (chapter / problem / "editorial.md").write_text("## Why\n\nBecause $2x = x + x$.\n")
        (chapter / "chapter.toml").write_text(f'number = "{number}"\ntitle = "{title}"\nsummary = "About {title}."\n')
    assert load_content(root).errors == []
    return root


@pytest.fixture
def problem(catalogue: Path) -> Problem:
    return Problem.objects.select_related("current").get(slug="double")


def check(name: str, outcome: str = "passed", **values: Any) -> dict[str, Any]:
    """What one check found: ten points each."""
    usual = {
        "name": f"test_{name}",
        "title": f"About {name}.",
        "outcome": outcome,
        "points": 10.0 if outcome == "passed" else 0.0,
        "max_points": 10.0,
        "hidden": False,
    }
    return usual | values


@pytest.fixture
def grade(problem: Problem) -> Grade:
    """A submission whose run is as the test says it is; no grader is involved."""

    def graded(
        user: User,
        *checks: dict[str, Any],
        state: str = "done",
        kind: str = "graded",
        source: str = "def double(x):\n    return 2 * x\n",
        of: Problem = problem,
        **run: Any,
    ) -> Submission:
        assert of.current is not None
        submission = Submission.objects.create(
            user=user, problem=of, version=of.current, kind=kind, files={"solution.py": source}, digest=uuid.uuid4().hex
        )
        found = checks or (check("one"),)
        over = state == "done"
        passed = all(item["outcome"] == "passed" for item in found)
        row = GradingRun.objects.create(
            submission=submission,
            version=of.current,
            state=state,
            max_score=sum(item["max_points"] for item in found),
            checks_expected=[expected(item) for item in found],
            **{
                "score": sum(item["points"] for item in found) if over else None,
                "outcome": ("passed" if passed else "failed") if over else "",
            }
            | run,
        )
        for position, item in enumerate(found):
            if item["outcome"] not in ("waiting", "running"):
                CheckRecord.objects.create(run=row, position=position, **item)
        return submission

    return graded


def expected(item: dict[str, Any]) -> dict[str, Any]:
    """The check as it was known before it ran."""
    return {
        "name": item["name"],
        "title": item["title"],
        "points": item["max_points"],
        "hidden": item["hidden"],
        "hint": "",
    }
