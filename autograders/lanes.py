"""Exclusive use of the timed core: one holder on a host, those for whom somebody waits first, then who came first.

Who waits holds a ticket, a locked file whose name sorts as its turn. Who comes first waits for the
core itself, everybody else for the ticket before his own. A kernel's lock ends with its holder,
however that ends, so nobody waits for the dead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from autograders.sandbox.cores import host_cores
from autograders.sandbox.limits import SandboxUnavailable

# "bulk" is work that nobody in particular waits for, as grading again.
Priority = Literal["interactive", "bulk"]
RANKS: dict[Priority, int] = {"interactive": 0, "bulk": 1}


def lane_folder() -> Path:
    """Where the host's lane locks lie; shared by all workers of one user on this host."""
    return Path(
        os.environ.get("GRADING_LANE_DIR") or Path(tempfile.gettempdir()) / f"courseplatform-lanes-{os.getuid()}"
    )


class Lane:
    """Holds one core from `enter` to `leave`, waiting for its turn. For one thread."""

    def __init__(self, core: int | None = None, priority: Priority = "interactive") -> None:
        self.core = host_cores().timed if core is None else core
        self.priority: Priority = priority
        self.waited_s = 0.0
        self._fd = -1

    @property
    def held(self) -> bool:
        """Between `enter` and `leave`."""
        return self._fd >= 0

    def enter(self) -> int:
        """Wait for the core and take it; gives its number, and counts the wait in `waited_s`.

        Raises SandboxUnavailable where the folder of the locks cannot be used.
        """
        if not self.held:
            began = time.monotonic()
            folder = lane_folder()
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._fd = self._wait_in(folder)
            except OSError as error:
                raise SandboxUnavailable(
                    f"the lane locks in {folder} cannot be used ({error.strerror or error}): "
                    "set GRADING_LANE_DIR to a folder that this user may write to"
                ) from error
            self.waited_s += time.monotonic() - began
        return self.core

    def leave(self) -> None:
        """Let the next one have the core."""
        if self.held:
            os.close(self._fd)
            self._fd = -1

    def outranked(self) -> bool:
        """Somebody waits who goes before the holder of this lane."""
        line = _Line(lane_folder(), self.core)
        return any(int(name.split(".")[-2]) < RANKS[self.priority] for name in line.names())

    def _wait_in(self, folder: Path) -> int:
        line = _Line(folder, self.core)
        with line.ticket(RANKS[self.priority]) as mine:
            while True:
                before = line.last_before(mine)
                if before is not None:
                    line.wait_for(before)
                    continue
                core = _open_locked(folder / f"core-{self.core}", create=True)
                # Somebody who goes first may have come while we waited for the core.
                if line.last_before(mine) is None:
                    return core
                os.close(core)


class _Line:
    """Those who wait for one core, as locked files."""

    def __init__(self, folder: Path, core: int) -> None:
        self.folder, self.prefix = folder, f"waits-{core}."

    @contextlib.contextmanager
    def ticket(self, rank: int) -> Iterator[str]:
        """Stand in the line while the block runs; gives the ticket's name."""
        # The clock is the host's, the same in all its containers.
        name = f"{self.prefix}{rank}.{time.monotonic_ns():020}-{secrets.token_hex(4)}"
        # Under another name until it is locked: a ticket that nobody holds is thrown away.
        draft = self.folder / f"new-{name}"
        fd = _open_locked(draft, create=True)
        try:
            draft.rename(self.folder / name)
            yield name
        finally:
            (self.folder / name).unlink(missing_ok=True)
            os.close(fd)

    def names(self) -> list[str]:
        """The tickets there are, in the order of their turns."""
        with contextlib.suppress(FileNotFoundError):
            return sorted(name for name in os.listdir(self.folder) if name.startswith(self.prefix))
        return []

    def last_before(self, mine: str) -> str | None:
        """The ticket whose turn is just before mine; tickets of the dead are thrown away."""
        for name in reversed([name for name in self.names() if name < mine]):
            if self._lives(name):
                return name
        return None

    def wait_for(self, name: str) -> None:
        """Return when the holder of that ticket has it no more."""
        with contextlib.suppress(FileNotFoundError):
            os.close(_open_locked(self.folder / name, create=False))

    def _lives(self, name: str) -> bool:
        with contextlib.suppress(FileNotFoundError):
            fd = os.open(self.folder / name, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                (self.folder / name).unlink(missing_ok=True)
            except BlockingIOError:
                return True
            finally:
                os.close(fd)
        return False


def _open_locked(path: Path, *, create: bool) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT if create else 0), 0o600)
    try:
        # The kernel frees the lock when its holder dies, however it dies.
        fcntl.flock(fd, fcntl.LOCK_EX)
    except BaseException:
        os.close(fd)
        raise
    return fd
