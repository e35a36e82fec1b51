"""Grading needs no root: the same tests pass for a user who owns nothing and may do nothing special.

Run by root, they are run again as uid 65534. Where the interpreter lies in a folder which that user
may not enter (as /root), a private mount namespace shows it in the same place.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.autograders.support import PROBLEMS

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534
# What becomes nobody: a new mount namespace, a passable copy of each closed folder, then no privilege.
BECOME = """
import json, os, sys
from autograders.sandbox import syscalls as sc

(closed, wanted, uid), command = json.loads(sys.argv[1]), sys.argv[2:]
sc.unshare(sc.CLONE_NEWNS)
sc.mount("none", "/", "", sc.MS_REC | sc.MS_PRIVATE)
held = {path: os.open(path, os.O_PATH) for path in wanted}
for folder in closed:
    sc.mount("tmpfs", folder, "tmpfs", 0, "mode=755")
for path, fd in held.items():
    os.makedirs(path, exist_ok=True)
    sc.mount(f"/proc/self/fd/{fd}", path, "", sc.MS_BIND | sc.MS_REC)
os.setgroups([])
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
os.chdir("/")
os.execv(command[0], command)
"""
CHOSEN = (
    "full_marks or forged or hogs_memory or loops_for_ever or prints_without_end or closes_the_wire "
    "or nothing_of_this or a_full_scratch or two_jails or outlives or search_of_memory"
)


def closed_folder(path: Path) -> Path | None:
    """The first folder on the way to a path that others may not enter."""
    return next((part for part in [*reversed(path.parents), path] if part.stat().st_mode & 0o005 != 0o005), None)


def run_as_nobody(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter with these arguments as an ordinary user."""
    command = [sys.executable, *arguments]
    if os.getuid() == 0:
        needed = [Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT]
        hidden = {path: folder for path in needed if (folder := closed_folder(path))}
        closed = sorted({str(folder) for folder in hidden.values()})
        plan = json.dumps([closed, [str(path) for path in hidden], NOBODY])
        command = [sys.executable, "-c", BECOME, plan, *command]
    environment = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run(
        command,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_the_command_grades_for_an_ordinary_user() -> None:
    double = PROBLEMS / "double"
    done = run_as_nobody("-m", "autograders", "grade", str(double), str(double / "reference.py"))
    assert done.returncode == 0, done.stderr
    assert "double: passed, 1 of 1 points" in done.stdout


def test_it_really_is_an_ordinary_user() -> None:
    done = run_as_nobody("-c", "import os; print(os.getuid(), open('/etc/shadow').read())")
    assert done.returncode != 0
    assert "PermissionError" in done.stderr


@pytest.mark.timeout(300)
def test_verdicts_and_walls_are_the_same_for_an_ordinary_user() -> None:
    done = run_as_nobody(
        *("-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:cacheprovider", "-p", "no:django", "-k", CHOSEN),
        *("--rootdir", str(ROOT), "--confcutdir", str(ROOT / "tests" / "autograders")),
        str(ROOT / "tests" / "autograders" / "engine" / "test_golden_submissions.py"),
        *(
            str(ROOT / "tests" / "autograders" / "sandbox" / f"test_{name}.py")
            for name in ("limits_end_a_jail", "nothing_gets_out", "nothing_is_left")
        ),
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-1_000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
