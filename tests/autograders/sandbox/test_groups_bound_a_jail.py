"""The control group of a jail: the kernel ends what takes more, it is told apart, and nothing of it stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograders.sandbox.cgroups import V1, V2, Groups, open_groups


@pytest.fixture
def groups() -> Iterator[Groups]:
    found = open_groups()
    if found is None:
        pytest.skip("this host lets us make no control groups")
    yield found
    found.close()


def end_of(groups: Groups, name: str, megabytes: int) -> int:
    """How a child ends that joins a group and takes so much memory."""
    pid = os.fork()
    if pid == 0:
        try:
            groups.join(name)
            taken = bytearray(megabytes << 20)
            os._exit(0 if taken else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_what_takes_too_much_is_ended_and_told_apart(groups: Groups) -> None:
    groups.make("jail-1", 32 << 20, 16)
    groups.make("jail-2", 256 << 20, 16)
    assert end_of(groups, "jail-1", 64) == -signal.SIGKILL
    assert end_of(groups, "jail-2", 64) == 0
    assert groups.ran_out("jail-1")
    assert not groups.ran_out("jail-2")
    for name in ("jail-1", "jail-2"):
        groups.remove(name)


def test_processes_are_bounded_too(groups: Groups) -> None:
    groups.make("jail-1", 256 << 20, 1)
    pid = os.fork()
    if pid == 0:
        groups.join("jail-1")
        try:
            os.fork()
        except BlockingIOError:
            os._exit(11)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 11
    groups.remove("jail-1")


def test_closing_removes_the_folders_and_what_was_left_in_them(groups: Groups) -> None:
    groups.make("jail-1", 32 << 20, 16)
    homes = [Path(os.readlink(f"/proc/self/fd/{folder}")) for folder in groups.folders]
    assert all((home / "jail-1").is_dir() for home in homes)
    groups.close()
    assert not any(home.exists() for home in homes)


def pretended(root: Path, *folders: str) -> None:
    """A hierarchy of plain folders, as far as they are looked at."""
    for folder in folders:
        (root / folder).mkdir(parents=True)


def test_version_1_is_known_by_its_controllers(tmp_path: Path) -> None:
    pretended(tmp_path, "memory/mine", "pids")
    (tmp_path / "own").write_text("4:memory:/mine\n8:pids:/\n0::/\n")
    found = open_groups(str(tmp_path), str(tmp_path / "own"))
    assert found is not None
    assert found.interface is V1
    assert (tmp_path / "memory" / "mine" / found.home).is_dir()
    found.close()
    assert not (tmp_path / "memory" / "mine" / found.home).exists()


def test_version_2_needs_its_controllers_handed_on(tmp_path: Path) -> None:
    pretended(tmp_path, "service/worker")
    (tmp_path / "own").write_text("0::/service/worker\n")
    (tmp_path / "service" / "cgroup.subtree_control").write_text("cpu pids\n")
    assert open_groups(str(tmp_path), str(tmp_path / "own")) is None
    (tmp_path / "service" / "cgroup.subtree_control").write_text("cpu memory pids\n")
    found = open_groups(str(tmp_path), str(tmp_path / "own"))
    # Where a real hierarchy has the file in each new folder, this one has none to write to.
    assert found is None
    assert sorted(path.name for path in (tmp_path / "service").iterdir()) == ["cgroup.subtree_control", "worker"]
    assert V2.memory[0][0] == "memory.max"


def test_where_no_group_may_be_made_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("0::/\n")
    assert open_groups(str(tmp_path), str(tmp_path / "own")) is None
    assert open_groups(str(tmp_path), str(tmp_path / "not there")) is None


def test_what_a_zygote_left_that_was_killed_is_swept_by_the_next(tmp_path: Path) -> None:
    pretended(tmp_path, "memory/courseplatform-999999999/jail-7", "pids/courseplatform-999999999")
    (tmp_path / "own").write_text("4:memory:/\n8:pids:/\n")
    found = open_groups(str(tmp_path), str(tmp_path / "own"))
    assert found is not None
    assert not list(tmp_path.glob("*/courseplatform-999999999"))
    found.close()
