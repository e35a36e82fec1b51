"""Where the kernel lacks a mechanism the others hold; where too much is missing nothing is graded, and why is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

DOUBLE = Path(__file__).parents[2] / "data" / "problems" / "double"
# Refuses some system calls to this process and all it starts, then grades.
GRADE = """
import errno, runpy, sys
import pyseccomp

rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
for name in sys.argv.pop(1).split(","):
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), name)
rules.load()
runpy.run_module("autograders", run_name="__main__")
"""


def grade_without(*calls: str) -> tuple[int, dict[str, Any]]:
    """Exit status and report of the reference's grading where the kernel has none of these calls."""
    command = [
        sys.executable,
        "-c",
        GRADE,
        ",".join(calls),
        "grade",
        str(DOUBLE),
        str(DOUBLE / "reference.py"),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    return done.returncode, json.loads(done.stdout)


def test_without_landlock_the_root_of_its_own_holds() -> None:
    status, report = grade_without("landlock_create_ruleset")
    assert (status, report["outcome"], report["environment"]["sandbox"]["tier"]) == (0, "passed", "ns")


def test_without_namespaces_and_landlock_nothing_is_graded() -> None:
    status, report = grade_without("landlock_create_ruleset", "unshare")
    assert (status, report["outcome"], report["score"]) == (3, "broken", 0)
    assert "this kernel has no Landlock" in report["message"]


def test_without_seccomp_nothing_is_graded() -> None:
    status, report = grade_without("seccomp", "prctl")
    assert (status, report["outcome"]) == (3, "broken")
    assert "cannot hold" in report["message"]
