"""What a marked test needs of the machine: skipped where it is missing, failed where CI says all must be there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

SANDBOX_IMAGE = "courseplatform/sandbox:numpy"
CHROMIUM = Path("/usr/bin/chromium")


def _answers(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def missing_docker() -> str | None:
    """Say what a test that grades in containers lacks here."""
    if not _answers("docker", "version"):
        return "no Docker engine answers"
    if not _answers("docker", "image", "inspect", SANDBOX_IMAGE):
        return f"there is no image {SANDBOX_IMAGE}: make image"
    return None


def missing_e2e() -> str | None:
    """Say what a test in a real browser lacks here."""
    return None if CHROMIUM.exists() else f"there is no {CHROMIUM}: apt install chromium"


NEEDS = {"docker": cache(missing_docker), "e2e": cache(missing_e2e)}


@pytest.fixture(autouse=True)
def same_cores() -> Iterator[None]:
    """Who grades leaves the core of timed checks; the tests' own process is to have it again afterwards."""
    allowed = os.sched_getaffinity(0)
    yield
    if os.sched_getaffinity(0) != allowed:
        for thread in os.listdir("/proc/self/task"):
            with suppress(OSError):
                os.sched_setaffinity(int(thread), allowed)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Judge a test's marks before it runs."""
    for mark, missing in NEEDS.items():
        reason = missing() if item.get_closest_marker(mark) else None
        if reason is None:
            continue
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            pytest.fail(f"{mark}: {reason}, and in CI nothing is skipped", pytrace=False)
        pytest.skip(f"{mark}: {reason}")
