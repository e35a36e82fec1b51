"""Which core of this host is kept for timed work, and which are left to everything else."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from autograders.sandbox.limits import SandboxUnavailable

TIMED_CORE = "GRADING_TIMED_CORE"


@dataclass(frozen=True)
class Cores:
    """The core of timed work, by the kernel's number, and the cores of all other work: none where there is but one."""

    timed: int
    others: frozenset[int]

    @property
    def shared(self) -> bool:
        """There is one core, for timed work and everything else: whole runs take turns on it."""
        return not self.others


def choose(allowed: Collection[int], wanted: str) -> Cores:
    """Divide the cores that may be used; the last is the timed one, unless another is `wanted` by its number.

    Raises SandboxUnavailable, which names the variable, where that is none of them.
    """
    numbers = ", ".join(str(core) for core in sorted(allowed))
    if wanted and not (wanted.isascii() and wanted.isdigit()):
        raise SandboxUnavailable(f"{TIMED_CORE} is {wanted!r}: write the number of one core, of {numbers}")
    timed = int(wanted) if wanted else max(allowed)
    if timed not in allowed:
        raise SandboxUnavailable(f"{TIMED_CORE} is {wanted}, but the cores that may be used here are {numbers}")
    return Cores(timed, frozenset(allowed) - {timed})


@cache
def allowed_cores() -> frozenset[int]:
    """The cores this process was allowed when it first asked: later it may have left one of them by itself."""
    return frozenset(os.sched_getaffinity(0))


def host_cores() -> Cores:
    """How this process divides its cores; raises SandboxUnavailable where GRADING_TIMED_CORE names none of them."""
    return choose(allowed_cores(), os.environ.get(TIMED_CORE, "").strip())


def leave_timed_core() -> None:
    """Keep this process off the timed core, its threads and what it starts from now on included.

    Raises SandboxUnavailable as `host_cores`; where the kernel lets nobody choose, nothing changes.
    """
    cores = host_cores()
    for thread in os.listdir("/proc/self/task") if cores.others else ():
        # A thread may have ended since.
        with contextlib.suppress(OSError):
            os.sched_setaffinity(int(thread), cores.others)


def as_text(cores: Collection[int]) -> str:
    """Cores as they stand on a zygote's command line."""
    return ",".join(str(core) for core in sorted(cores))
