"""Each chore is one make target that calls a script which exists, and CI calls the same targets."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
SHELL_SCRIPTS = [ROOT / ".ci" / "run", *sorted((ROOT / "tools").glob("*.sh")), *sorted((ROOT / "docker").glob("*.sh"))]
TARGETS = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "target", ["run", "test", "check", "fmt", "bench", "bench-fairness", "image", "up", "down", "lock"]
)
def test_every_chore_is_a_target(target: str) -> None:
    assert target in TARGETS
    assert make("--dry-run", target).returncode == 0


def test_make_alone_lists_the_chores() -> None:
    listed = make().stdout
    assert all(f"make {target}" in listed for target in TARGETS)


def test_every_script_that_the_makefile_names_is_there() -> None:
    named = set(re.findall(r"tools/\w+\.(?:py|sh)", MAKEFILE))
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_a_machine_without_python_is_told_what_to_install() -> None:
    done = make("run", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed: install it" in done.stderr


def test_the_environment_that_is_asked_for_reaches_the_image() -> None:
    assert "--environment torch" in make("--dry-run", "image", "ENVIRONMENT=torch").stdout
    assert "--environment numpy" in make("--dry-run", "image").stdout


def test_data_is_removed_only_when_that_is_asked_for() -> None:
    assert "--data" not in make("--dry-run", "down").stdout
    assert "--data" in make("--dry-run", "down", "DATA=remove").stdout


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda script: str(script.relative_to(ROOT)))
def test_every_shell_script_parses_and_may_be_run(script: Path) -> None:
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    assert os.access(script, os.X_OK)
    assert re.search(r"^set -\w*u", script.read_text(encoding="utf-8"), re.MULTILINE)


def test_ci_calls_the_same_chores_as_people_do() -> None:
    called = set(re.findall(r"make --no-print-directory (\w+)", CI))
    assert called == {"check", "image", "test", "up", "down"}


def test_ci_lets_no_test_be_skipped_for_what_the_machine_lacks() -> None:
    assert "export CI=true" in CI


def test_every_file_that_a_lock_is_made_from_is_named_by_the_script_that_makes_it() -> None:
    script = (ROOT / "tools" / "lock.sh").read_text(encoding="utf-8")
    locks = [*ROOT.glob("*.lock"), *(ROOT / "docker").glob("*.lock")]
    assert [str(lock.relative_to(ROOT)) for lock in locks if str(lock.relative_to(ROOT)) not in script] == []
