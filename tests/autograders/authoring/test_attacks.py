"""The whole corpus against this engine, once in each placement: nothing succeeds.

It is fired by the command itself, two attacks at a time; locally as whoever runs the tests and,
where that is root, once more as an ordinary user.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from autograders.authoring.corpus import CLASSES, load_corpus
from tests.autograders.sandbox.test_ordinary_users_are_served import ROOT, run_as_nobody

KINDS = [kind for kind in CLASSES.values() if kind != "HONEST"]
COMMAND = ("-m", "autograders", "attack", "--json", "--jobs", "2", "--class")
PATIENCE_S = 280

pytestmark = pytest.mark.timeout(300)


def nothing_succeeded(kind: str, done: subprocess.CompletedProcess[str]) -> None:
    """All attacks of a class were fired and held."""
    assert done.stdout, done.stderr
    attacks: list[dict[str, Any]] = json.loads(done.stdout)["attacks"]
    assert [attack["id"] for attack in attacks] == [attack.id for attack in load_corpus() if attack.kind == kind]
    assert [f"{attack['id']}: {attack['evidence']}" for attack in attacks if attack["succeeded"]] == []
    assert done.returncode == 0


def run(kind: str, sandbox: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *COMMAND, kind, "--sandbox", sandbox],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_succeeds_on_this_host(kind: str) -> None:
    nothing_succeeded(kind, run(kind, "local"))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_succeeds_where_an_ordinary_user_grades(kind: str) -> None:
    if os.getuid() != 0:
        pytest.skip("the test before this one was run by an ordinary user already")
    nothing_succeeded(kind, run_as_nobody(*COMMAND, kind))


@pytest.mark.docker
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_succeeds_in_containers(kind: str) -> None:
    nothing_succeeded(kind, run(kind, "docker"))
