"""Control groups: a bound on the memory and the processes of one jail as a whole, where the host lets us make them.

Address space is bounded in any case; the group adds what that cannot see: scratch files, kernel
memory, a second process. Both versions of the interface are known. A group is made for each jail
and removed with it; a zygote keeps descriptors of its folders, since no jail's root shows them.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

ROOT = "/sys/fs/cgroup"
PREFIX = "courseplatform-"
CONTROLLERS = ("memory", "pids")
LARGEST_FILE = 4_096


@dataclass(frozen=True)
class Interface:
    """The file names of one version of the interface, and what is written to bound a group."""

    join: str
    memory: tuple[tuple[str, str], ...]
    processes: str
    events: str


V1 = Interface(
    join="tasks",
    # A host without swap accounting has no memsw file: what cannot be opened is passed over.
    memory=(("memory.limit_in_bytes", "{}"), ("memory.memsw.limit_in_bytes", "{}")),
    processes="pids.max",
    events="memory.oom_control",
)
V2 = Interface(
    join="cgroup.procs",
    memory=(("memory.max", "{}"), ("memory.swap.max", "0"), ("memory.oom.group", "1")),
    processes="pids.max",
    events="memory.events",
)


@dataclass(frozen=True)
class Groups:
    """The folders of one zygote in which the groups of its jails lie, and the folders around them, as descriptors."""

    interface: Interface
    home: str
    parents: tuple[int, ...]
    folders: tuple[int, ...]

    def make(self, name: str, memory_bytes: int, processes: int) -> None:
        """Make a group in each hierarchy and bound it; raises OSError."""
        for folder in self.folders:
            os.mkdir(name, dir_fd=folder)
        for file, value in self.interface.memory:
            with contextlib.suppress(FileNotFoundError):
                self._write(f"{name}/{file}", value.format(memory_bytes))
        self._write(f"{name}/{self.interface.processes}", str(processes))

    def join(self, name: str) -> None:
        """Move the calling process, which has one thread, into a group."""
        for folder in self.folders:
            _put(f"{name}/{self.interface.join}", "0", folder)

    def ran_out(self, name: str) -> bool:
        """Whether the kernel has ended a process of this group for memory."""
        for folder in self.folders:
            with contextlib.suppress(FileNotFoundError):
                return _oom_kills(_get(f"{name}/{self.interface.events}", folder)) > 0
        return False

    def remove(self, name: str) -> None:
        """Remove a group whose processes have ended."""
        for folder in self.folders:
            with contextlib.suppress(FileNotFoundError):
                os.rmdir(name, dir_fd=folder)

    def close(self) -> None:
        """Remove the folders themselves, with the groups of jails that ended without being removed."""
        for parent in self.parents:
            _remove_tree(self.home, parent)

    def _write(self, path: str, value: str) -> None:
        """Write to whichever hierarchy has that file; raises FileNotFoundError where none has."""
        for folder in self.folders:
            with contextlib.suppress(FileNotFoundError):
                _put(path, value, folder)
                return
        raise FileNotFoundError(path)


def open_groups(root: str = ROOT, paths: str = "/proc/self/cgroup") -> Groups | None:
    """Folders of our own below the group we are in; None where the host has no such groups or we may make none."""
    try:
        with open(paths) as file:
            own = _own_groups(file.read())
        interface, parents = _parents(root, own)
        around = tuple(os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for parent in parents)
    except OSError:
        return None
    home = f"{PREFIX}{os.getpid()}"
    try:
        folders = tuple(_make_home(home, parent, interface) for parent in around)
    except OSError:
        for parent in around:
            _remove_tree(home, parent)
        return None
    return Groups(interface, home, around, folders)


def _make_home(home: str, parent: int, interface: Interface) -> int:
    _sweep(parent)
    os.mkdir(home, dir_fd=parent)
    if interface is V2:
        _put(f"{home}/cgroup.subtree_control", "+memory +pids", parent)
    return os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=parent)


def in_container_ran_out(root: str = ROOT) -> int:
    """How often the kernel has ended a process of this container for memory, 0 where it does not say."""
    for path in (os.path.join(root, "memory", V1.events), os.path.join(root, V2.events)):
        with contextlib.suppress(OSError), open(path) as file:
            return _oom_kills(file.read(LARGEST_FILE))
    return 0


def _own_groups(text: str) -> dict[str, str]:
    """Controller (or "" for version 2) to the path of our own group."""
    rows = [line.split(":", 2) for line in text.splitlines()]
    return {name: path for _, names, path in rows for name in names.split(",")}


def _parents(root: str, own: dict[str, str]) -> tuple[Interface, tuple[str, ...]]:
    if all(name in own for name in CONTROLLERS):
        return V1, tuple(os.path.join(root, name, own[name].lstrip("/")) for name in CONTROLLERS)
    unified = os.path.join(root, own[""].lstrip("/")) if "" in own else root
    # A group of version 2 holds processes or hands controllers on, not both: ours lies beside the one we are in.
    parent = os.path.dirname(unified) if os.path.normpath(unified) != os.path.normpath(root) else unified
    with open(os.path.join(parent, "cgroup.subtree_control")) as file:
        if not set(CONTROLLERS) <= set(file.read().split()):
            raise FileNotFoundError("memory and pids are not handed on here")
    return V2, (parent,)


def _sweep(parent: int) -> None:
    """Remove what zygotes left behind that were ended before they could tidy up."""
    for name in os.listdir(parent):
        owner = name.removeprefix(PREFIX)
        if owner != name and owner.isdigit() and not os.path.exists(f"/proc/{owner}"):
            _remove_tree(name, parent)


def _remove_tree(home: str, parent: int) -> None:
    with contextlib.suppress(OSError):
        folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=parent)
        for entry in os.scandir(folder):
            if entry.is_dir():
                os.rmdir(entry.name, dir_fd=folder)
        os.close(folder)
    with contextlib.suppress(OSError):
        os.rmdir(home, dir_fd=parent)


def _oom_kills(text: str) -> int:
    rows = [line.split() for line in text.splitlines()]
    return next((int(row[1]) for row in rows if len(row) == 2 and row[0] == "oom_kill"), 0)


def _put(path: str, value: str, folder: int) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.write(fd, value.encode())
    finally:
        os.close(fd)


def _get(path: str, folder: int) -> str:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.read(fd, LARGEST_FILE).decode()
    finally:
        os.close(fd)
