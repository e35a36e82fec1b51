"""Child processes: started in groups of their own, stopped exactly, and never outliving this process."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

PR_SET_PDEATHSIG = 1
TAIL_LINES = 15
ASK_EVERY_S = 0.05

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _begin(cores: Collection[int]) -> None:
    """What a child does before it is anything else."""
    _end_with_parent()
    if cores:
        # A host that lets nobody choose: then it runs wherever it is put.
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, cores)


def _end_with_parent() -> None:
    """Asks the kernel to stop this process when its parent is gone, however that came about."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        # The parent may have gone before the kernel was asked.
        if os.getppid() == 1 and os.getpid() != 1 and _parent != 1:
            os._exit(0)


_parent = os.getpid()


class Child:
    """One child process with its log; where `cores` are named it runs on no other."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        environment: dict[str, str] | None = None,
        cores: Collection[int] = (),
    ) -> None:
        self.name, self.log = name, log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | (environment or {}),
                # A group of its own, so that Ctrl-C in the terminal reaches the supervisor alone.
                process_group=0,
                preexec_fn=functools.partial(_begin, cores),
            )

    @property
    def is_alive(self) -> bool:
        """It still runs."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """SIGTERM to the process itself; what it started it ends in good order."""
        if self.is_alive:
            self.process.terminate()

    def make_stop(self, grace_s: float) -> None:
        """Wait for the end, then insist: SIGKILL to the whole group."""
        try:
            self.process.wait(grace_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def tail(self) -> str:
        """The last lines of its log."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-TAIL_LINES:])


def wait_until(ready: Callable[[], bool], children: list[Child], seconds: float) -> bool:
    """Wait until `ready`; False when the time is over or one of the children has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if not all(child.is_alive for child in children):
            return False
        time.sleep(ASK_EVERY_S)
    return False
