"""System checks name what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from pytest_django import Settings

from assignments import grading
from autograders.sandbox import SandboxUnavailable, mechanisms
from courseplatform import checks
from courseplatform.ops import sandbox


def ids(*, deploy: bool = False) -> list[str | None]:
    return [message.id for message in run_checks(tags=[checks.TAG], include_deployment_checks=deploy)]


def test_a_sound_site_has_nothing_to_say(settings: Settings, content: Path) -> None:
    settings.CONTENT_DIR = content
    assert ids() == []


def test_empty_content_a_short_secret_and_open_debugging_are_named(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = tmp_path
    settings.SECRET_KEY = "short"
    settings.HOSTED = settings.DEBUG = True
    assert set(ids()) == {"courseplatform.W001", "courseplatform.E001", "courseplatform.E002"}


def test_a_sandbox_and_a_broker_that_are_away_are_named_by_the_slow_checks(
    settings: Settings, content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], db: None
) -> None:
    def refuse(name: str) -> None:
        raise SandboxUnavailable("no namespaces")

    settings.CONTENT_DIR = content
    monkeypatch.setattr(grading, "open_sandbox", refuse)
    monkeypatch.setattr("assignments.queueing.message_count", away)
    assert set(ids(deploy=True)) == {"courseplatform.E003", "courseplatform.E004"}
    with pytest.raises(SystemExit):
        call_command("doctor")
    said = capsys.readouterr().out
    assert "courseplatform.E004: Submissions cannot be graded on this host: no namespaces" in said
    assert "`python -m autograders doctor` shows everything" in said


def test_the_hint_names_what_the_engines_own_doctor_finds_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = mechanisms.KERNEL[0]
    monkeypatch.setattr(sandbox, "examine", lambda placement: [mechanisms.Finding(lacking, "no", "refused")])
    told = sandbox.advice("local")
    assert told.startswith(f"Missing here: {lacking.name} ({lacking.enable}).")
    assert told.endswith("`python -m autograders doctor` shows everything.")
    monkeypatch.setattr(sandbox, "examine_containers", lambda placement: [])
    assert sandbox.advice("docker").startswith("Do what the sentence says")


def away(lane: str) -> int:
    from kombu.exceptions import OperationalError

    raise OperationalError("away")
