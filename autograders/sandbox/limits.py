"""Sandbox policy as small values: what a jail may use, and the words for each limit."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

# What a jail sends on its wire once it is locked down, before anything else.
LOCKED_DOWN = b"\x06"

# Each jail has a user of its own from here on, each zygote so many of them.
FIRST_UID, UIDS = 200_000, 10_000

Side = Literal["learner", "trusted"]
# What a jail may do with sockets that were handed to it: nothing, accept connections, or receive more descriptors.
Duty = Literal["answer", "serve", "receive"]
# A jail may serve so many checks' worth of CPU time, a submission as much in all its jails.
MOST_TURNS = 20
LimitName = Literal["cpu", "wall", "memory", "output", "protocol", "died", "run", "scratch"]

# What is said when a run is stopped. One table, so that every page says the same.
LIMIT_WORDING: dict[LimitName, str] = {
    "cpu": "stopped at the CPU limit of {cpu_s:g} s",
    "wall": "stopped at the time limit of {wall_s:g} s (it waited rather than computed)",
    "memory": "stopped at the memory limit of {memory_mb} MB",
    "output": "stopped because it printed more than {output_kb} KB",
    "protocol": "stopped because its answer could not be read: {reason}",
    "died": "the process ended before it answered ({reason})",
    "scratch": "stopped at the limit of {scratch_mb} MB for scratch files",
    "run": "not run: the checks before it used all the CPU time that one submission gets",
}


@dataclass(frozen=True)
class JailLimits:
    """What one jail may use. CPU and wall in seconds, memory beyond the libraries' own in MB."""

    cpu_s: float = 10.0
    wall_s: float = 40.0
    memory_mb: int = 512
    output_kb: int = 64
    scratch_mb: int = 64
    files: int = 64
    threads: int = 64

    def as_dict(self) -> dict[str, float]:
        """The limits as plain numbers, as they travel to the zygote."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class JailSpec:
    """Which jail is wanted: `side` is "learner" for code nobody trusts, "trusted" for judge and reference.

    `withheld` are dotted names of the environment's modules that this jail is to do without; `handed` are
    descriptors of the caller's that it gets as its numbers 4 and up, and `duty` says what for. `beside` asks for
    a fork of the very process that learners' jails are forked from, for trusted code timed beside theirs.
    """

    environment: str
    side: Side
    agent: str
    limits: JailLimits = JailLimits()
    core: int | None = None
    withheld: tuple[str, ...] = ()
    beside: bool = False
    duty: Duty = "answer"
    handed: tuple[int, ...] = ()


class JailStopped(Exception):
    """The jail was ended by a limit or ended by itself; `limit` names which, the text is a sentence.

    `waited_s`: at the wall limit, seconds of the turn in which it was ready to run but others had its core.
    """

    def __init__(self, limit: LimitName, limits: JailLimits, reason: str = "") -> None:
        super().__init__(LIMIT_WORDING[limit].format(**limits.as_dict(), reason=reason))
        self.limit = limit
        self.waited_s = 0.0


class SandboxFault(Exception):
    """The sandbox itself failed: the run is broken, not failed."""


class SandboxUnavailable(Exception):
    """This host cannot hold a jail; the text is one sentence that says what is missing and what to do."""
