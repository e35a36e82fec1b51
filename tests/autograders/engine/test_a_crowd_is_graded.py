"""Many submissions at once: each gets the score it gets alone, and the machine is as it was before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograders.sandbox import Sandbox, open_sandbox
from autograders.sandbox.docker import DockerSandbox, _Warm
from autograders.sandbox.limits import FIRST_UID
from autograders.submission import read_path
from tests.autograders.engine.test_golden_submissions import GOLDEN, essence
from tests.autograders.support import reference_of, report_of, tiny

CROWD = (
    "full_marks",
    "wrong_value_shows_both",
    "leaves_with_exit_in_a_call",
    "crashes_the_interpreter",
    "endless_generator",
    "prints_a_little",
    "speaks_nonsense_on_the_wire",
    "closes_the_wire",
)


@pytest.fixture(scope="module", params=["local", pytest.param("docker", marks=pytest.mark.docker)])
def own(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox of this file's own, so that nothing else starts zygotes meanwhile."""
    with open_sandbox(request.param) as sandbox:
        yield sandbox


def below_us() -> set[int]:
    """All processes that descend from this one."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {os.getpid()}
    while new := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= new
    return found


def groups(processes: set[int]) -> set[str]:
    """Control groups of the jails of our own zygotes: others may be at work on this machine."""
    homes = [home for pid in processes for home in Path("/sys/fs/cgroup").glob(f"*/**/courseplatform-{pid}")]
    return {str(path) for home in homes for path in home.glob("jail-*")}


def in_containers(sandbox: Sandbox) -> dict[str, int]:
    """The number of processes in each container of ours."""
    if not isinstance(sandbox, DockerSandbox):
        return {}
    warm = [warm for warm in sandbox._pool.warm.values() if isinstance(warm, _Warm)]
    return {str(one.container.name): len(one.container.top()["Processes"]) for one in warm}


def surroundings(sandbox: Sandbox) -> dict[str, object]:
    """What grading could leave behind on this machine."""
    processes = below_us()
    return {
        "processes": processes,
        # Containers of others come and go meanwhile.
        "mounts": [line for line in Path("/proc/mounts").read_text().splitlines() if "docker" not in line],
        "groups": groups(processes),
        "containers": in_containers(sandbox),
        "shared memory": {path.name for path in Path("/dev/shm").iterdir() if path.stat().st_uid >= FIRST_UID},
        "descriptors": set(os.listdir("/proc/self/fd")),
    }


def test_a_hundred_at_once_leave_nothing_behind(own: Sandbox) -> None:
    expected = {name: graded(name, own) for name in CROWD}
    before = surroundings(own)
    with ThreadPoolExecutor(8) as pool:
        names = [CROWD[i % len(CROWD)] for i in range(100)]
        reports = list(pool.map(lambda name: graded(name, own), names))
    for name, report in zip(names, reports, strict=True):
        assert report == expected[name], name
    assert surroundings(own) == before


def graded(name: str, sandbox: Sandbox) -> dict[str, object]:
    """What of one golden submission's report must always be the same."""
    return essence(report_of(tiny("series"), read_path(GOLDEN / name / "submission"), sandbox))


def test_the_same_submission_has_the_same_score_fifty_times(own: Sandbox) -> None:
    problem, half_right = tiny("series"), (GOLDEN / "wrong_value_shows_both" / "submission")
    for submission in (read_path(half_right), reference_of(problem)):
        with ThreadPoolExecutor(4) as pool:
            seen = list(pool.map(lambda _, it=submission: essence(report_of(problem, it, own)), range(50)))
        assert all(report == seen[0] for report in seen)
