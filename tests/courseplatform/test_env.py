"""Settings read from the environment: typed, and a bad value names its variable."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from courseplatform import env
from courseplatform.env import SettingError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("maybe", lambda: env.env_bool("THING", True)),
        ("ten", lambda: env.env_int("THING", 1, 0, 5)),
        ("1.5", lambda: env.env_int("THING", 1, 0, 5)),
        ("6", lambda: env.env_int("THING", 1, 0, 5)),
        ("nan", lambda: env.env_number("THING", 1, 0, 5)),
        ("podman", lambda: env.env_choice("THING", "local", ("local", "docker"))),
        ("short", lambda: env.env_secret("THING", None)),
        ("", lambda: env.env_secret("THING", None)),
        ("", lambda: env.env_text("THING")),
        ("", lambda: env.env_list("THING")),
    ],
)
def test_a_bad_value_stops_the_start_and_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, value: str, read: Callable[[], object]
) -> None:
    monkeypatch.setenv("THING", value)
    with pytest.raises(SettingError, match=r"^THING: .*\.$"):
        read()


def test_good_values_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", " Yes ")
    assert env.env_bool("THING", False) is True
    monkeypatch.setenv("THING", "4")
    assert env.env_int("THING", 1, 0, 5) == 4
    monkeypatch.setenv("THING", "a, b,,c ")
    assert env.env_list("THING") == ["a", "b", "c"]
    monkeypatch.delenv("THING")
    assert env.env_number("THING", 2.5, 0, 5) == 2.5
    assert env.env_path("THING", Path("/tmp/../tmp")) == Path("/tmp")


def test_a_secret_is_made_once_and_kept_from_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("THING", raising=False)
    file = tmp_path / "new" / "secret"
    first = env.env_secret("THING", file)
    assert env.env_secret("THING", file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_a_folder_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("THING", raising=False)
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="no secret could be kept"):
        env.env_secret("THING", tmp_path / "file" / "secret")


def manage(tmp_path: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=kept | {"VAR_DIR": str(tmp_path / "var")} | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"SANDBOX": "none"}, "SANDBOX"),
        ({"DATABASE_URL": "mysql://somewhere/db"}, "DATABASE_URL"),
        ({"HOSTED": "yes"}, "SECRET_KEY"),
        ({"HOSTED": "yes", "SECRET_KEY": "x" * 40}, "ALLOWED_HOSTS"),
        ({"GRADING_TIMED_CORE": "9999"}, "GRADING_TIMED_CORE"),
        ({"GRADING_TIMED_CORE": "last"}, "GRADING_TIMED_CORE"),
        ({"GRADING_LEASE_SECONDS": "5", "GRADING_HEARTBEAT_SECONDS": "5"}, "GRADING_LEASE_SECONDS"),
    ],
)
def test_commands_end_with_one_sentence_where_a_setting_is_wrong(
    tmp_path: Path, variables: dict[str, str], named: str
) -> None:
    done = manage(tmp_path, "check", **variables)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{named}: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_hosted_site_passes_djangos_own_deployment_checks(tmp_path: Path) -> None:
    hosted = {"HOSTED": "yes", "SECRET_KEY": "a0b1c2d3e4" * 6, "ALLOWED_HOSTS": "example.org"}
    code = (
        "import django; django.setup(); from django.core.checks import run_checks, Tags;"
        "print([m.id for m in run_checks(tags=[Tags.security], include_deployment_checks=True)])"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    settings = {"VAR_DIR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "courseplatform.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=kept | hosted | settings, capture_output=True, text=True, timeout=60
    )
    # Subdomains and preload lists are for the site's owner to decide.
    assert done.stdout.strip() == "['security.W005', 'security.W021']", done.stderr
