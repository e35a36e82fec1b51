"""The people and problems that tests speak of: ada teaches, bob learns, charlie is a stranger, root administers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from assignments import versions
from assignments.models import Problem
from courseplatform.accounts.models import Cohort, User
from courseplatform.curriculum.loading import load_content

PROBLEMS = Path(__file__).parent / "data" / "problems"


@pytest.fixture(autouse=True)
def own_var(tmp_path: Path, settings: Settings) -> None:
    """Nothing a test unpacks stays on this machine, and passwords cost no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.VAR_DIR = tmp_path / "var"
    versions.forget_unpacked()
    cache.clear()


@pytest.fixture
def ada(db: None) -> User:
    """Teaches bob's cohort."""
    return User.objects.create_user("ada", password="ada's long password", is_instructor=True)


@pytest.fixture
def bob(db: None) -> User:
    """Learns in ada's cohort."""
    return User.objects.create_user("bob", password="bob's long password")


@pytest.fixture
def charlie(db: None) -> User:
    """Learns elsewhere."""
    return User.objects.create_user("charlie", password="charlie's long password")


@pytest.fixture
def root(db: None) -> User:
    """Administers the site."""
    return User.objects.create_superuser("root", password="root's long password")


@pytest.fixture
def cohort(ada: User, bob: User) -> Cohort:
    """ada teaches, bob learns."""
    made = Cohort.objects.create(name="Autumn", slug="autumn")
    made.instructors.add(ada)
    made.members.add(bob)
    return made


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder of one chapter with the two smallest problems."""
    chapter = tmp_path / "content" / "01-trying"
    chapter.mkdir(parents=True)
    (chapter / "chapter.toml").write_text('number = "01"\ntitle = "Trying"\nsummary = "For trying things out."\n')
    for name in ("double", "series"):
        shutil.copytree(PROBLEMS / name, chapter / name)
    return chapter.parent


@pytest.fixture
def problem(db: None, content: Path) -> Problem:
    """`series`: visible checks and a hidden one."""
    assert load_content(content).errors == []
    return Problem.objects.select_related("current").get(slug="series")


@pytest.fixture
def double(problem: Problem) -> Problem:
    """`double`: one cheap check."""
    return Problem.objects.select_related("current").get(slug="double")
