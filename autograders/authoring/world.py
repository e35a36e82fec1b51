"""What lies outside the jails: traces that an attack may leave there, found by their mark or by comparison."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from autograders.authoring.arming import Armed

# Where a process that got out of its jail could write, or leave something for the next.
PLACES = ("/", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock", "/scratch")
# What the kernel tells of things that are not files.
LISTS = {
    "/proc/self/mountinfo": "a mount",
    "/proc/net/unix": "a socket",
    "/proc/keys": "a kernel key",
    "/proc/sysvipc/shm": "shared memory",
    "/proc/sysvipc/msg": "a message queue",
    "/proc/sysvipc/sem": "a semaphore",
}
KEPT = "this was here before"
PATIENCE_S = 3.0


@dataclass(frozen=True)
class Traces:
    """What is different outside after an attack, in words, by the condition that it meets."""

    marker: tuple[str, ...] = ()
    leftover: tuple[str, ...] = ()
    called: tuple[str, ...] = ()


class World:
    """Looks at this host before and after an attack; listens for who calls out of a jail."""

    def __init__(self, armed: Armed) -> None:
        self.armed = armed
        self.kept = armed.open_folder / "kept"
        self.ear = armed.open_folder / "ear"
        self.ears = (
            _listen(socket.AF_INET, ("127.0.0.1", 0)),
            _listen(socket.AF_UNIX, str(self.ear)),
            _listen(socket.AF_UNIX, f"\0{armed.mark}-ear"),
        )
        os.chmod(self.ear, 0o777)
        self.own = {"kept", "ear"}
        files = (path for path in armed.problem.path.rglob("*") if path.is_file())
        self.project = {path: path.read_bytes() for path in files}
        self.look()

    def __enter__(self) -> World:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for ear in self.ears:
            ear.close()
        self.ear.unlink(missing_ok=True)

    @property
    def port(self) -> int:
        """Where the ear on the host's own network listens."""
        return int(self.ears[0].getsockname()[1])

    def look(self) -> None:
        """Remember how things are now, before an attack."""
        self.kept.write_text(KEPT)
        os.chmod(self.kept, 0o666)
        self.jails = jails()

    def traces(self) -> Traces:
        """What is different now; takes it away, so that the next attack is not blamed for it."""
        return Traces(tuple(self._markers()), tuple(self._leftovers()), tuple(self._calls()))

    def _markers(self) -> list[str]:
        folder = self.armed.open_folder
        found = [folder / name for name in os.listdir(folder) if name not in self.own]
        for place in (*PLACES, str(Path.home()), os.getcwd(), str(self.armed.problem.path)):
            with contextlib.suppress(OSError):
                found += [Path(place) / name for name in os.listdir(place) if self.armed.mark in name]
        words = [f"{path} came to be outside the jail" for path in found]
        for path in found:
            with contextlib.suppress(OSError):
                path.unlink()
        if not self.kept.is_file() or self.kept.read_text() != KEPT:
            words.append(f"{self.kept}, a file outside the jail, was changed")
        for path, content in self.project.items():
            if not path.is_file() or path.read_bytes() != content:
                words.append(f"{path.name} of the problem was changed")
                path.write_bytes(content)
        return words

    def _leftovers(self) -> list[str]:
        deadline = time.monotonic() + PATIENCE_S
        while (new := self._new_processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        words = [f"process {pid} ({_name(pid)}) is still there" for pid in sorted(new)]
        number = str(int(self.armed.mark[:7], 16))
        for path, what in LISTS.items():
            with contextlib.suppress(OSError):
                lines = Path(path).read_text(errors="replace").splitlines()
                mine = [line for line in lines if self.armed.mark in line or number in line.split()]
                words += [f"{what} is still there: {line[:120]}" for line in mine if "-ear" not in line]
        return words

    def _new_processes(self) -> set[int]:
        named = {pid for pid in _pids() if _name(pid) == self.armed.mark}
        return {pid for pid in (jails() - self.jails) | named if not _is_zombie(pid)}

    def _calls(self) -> list[str]:
        words = []
        for ear in self.ears:
            with contextlib.suppress(BlockingIOError):
                caller, _ = ear.accept()
                caller.close()
                words.append(f"somebody called at {ear.getsockname()!r} outside the jail")
        return words


def _listen(kind: int, address: object) -> socket.socket:
    ear = socket.socket(kind, socket.SOCK_STREAM)
    ear.bind(address)  # type: ignore[arg-type]
    ear.listen(8)
    ear.setblocking(False)
    return ear


def family(pid: int) -> set[int]:
    """All processes below one."""
    children: dict[int, list[int]] = {}
    for other in _pids():
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{other}/stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(stat[1]), []).append(other)
    found, waiting = set[int](), [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting.extend(below)
    return found


def jails() -> set[int]:
    """The jails below this process and all that they started: what goes first where memory runs out.

    Not simply all processes below this one: a zygote that is replaced is nobody's leftover.
    """
    found = set()
    for pid in family(os.getpid()):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == "1000":
                found.add(pid)
    return found


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def _is_zombie(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


class PeakMemory:
    """How much this process's memory has grown since it was made, at its highest, in MB."""

    def __init__(self) -> None:
        with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        self.start = _status("VmRSS")

    def grown_mb(self) -> float:
        """The highest growth so far."""
        return max(0.0, (_status("VmHWM") - self.start) / 1024)


def _status(field: str) -> int:
    with open("/proc/self/status") as file:
        return next((int(line.split()[1]) for line in file if line.startswith(field + ":")), 0)
