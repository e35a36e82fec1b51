"""What a forked child does before it may see a byte of anybody's: one code path for both tiers.

The `ns` tier has namespaces and a root of its own; the `landlock` tier (inside a container, or
where namespaces are refused) has the same steps without them.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from autograders.sandbox import landlock, roots, seccomp
from autograders.sandbox import syscalls as sc
from autograders.sandbox.limits import MOST_TURNS, Duty

Tier = Literal["ns", "landlock"]
RPC_FD, FIRST_HANDED_FD = 3, 4
MOST_HANDED = 4
# Ignored, so that the call fails and says why: a file that is too large, a pipe that nobody reads.
TOLD_BY_ERRNO = (signal.SIGXFSZ, signal.SIGPIPE)
_SAFE_FD = 200
SHARED_PROCESSES = 192


@dataclass(frozen=True)
class Prepared:
    """What the zygote made ready once for all its children.

    `ruleset` is a Landlock descriptor, or None where each child has a scratch folder, and so rules, of its own,
    and where the kernel has no Landlock: the root of its own then stands alone.
    """

    tier: Tier
    filters: Mapping[Duty, seccomp.Filter]
    readable: tuple[str, ...]
    ruleset: int | None
    landlock: bool
    baseline_bytes: int
    drops_uid: bool


@dataclass(frozen=True)
class Confinement:
    """What differs from child to child: limits as plain numbers, uid to become, scratch folder, what it is for."""

    limits: dict[str, float]
    uid: int
    scratch: str
    duty: Duty = "answer"


def prepare_zygote() -> None:
    """What children inherit and need not do again: default signals, and no capability that could be gained."""
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP) and signal.getsignal(number) is not None:
            signal.signal(number, signal.SIG_IGN if number in TOLD_BY_ERRNO else signal.SIG_DFL)
    if os.getuid() == 0:
        sc.drop_bounding_set()


def enter(prepared: Prepared, confinement: Confinement, descriptors: Sequence[int]) -> None:
    """Lock this process down; afterwards descriptor 3 is the wire, 4 and up what was handed in, and no other is open.

    `descriptors` are the wire, the output and what is handed in.
    """
    os.setsid()
    chosen = prepared.filters[confinement.duty]
    ruleset = _take_descriptors(descriptors, prepared.ruleset)
    if prepared.tier == "ns":
        sc.unshare(sc.CLONE_NEWNS)
        roots.mount_scratch(int(confinement.limits["scratch_mb"]))
    os.chdir(confinement.scratch)
    os.umask(0o077)
    if ruleset is None and prepared.landlock:
        ruleset = landlock.make_ruleset(prepared.readable, [confinement.scratch, "/dev/null"])
    _set_limits(confinement.limits, prepared)
    if prepared.drops_uid:
        os.setgroups([])
        os.setresgid(confinement.uid, confinement.uid, confinement.uid)
        os.setresuid(confinement.uid, confinement.uid, confinement.uid)
    sc.drop_capabilities()
    sc.prctl(sc.PR_SET_DUMPABLE, 0)
    sc.prctl(sc.PR_SET_PDEATHSIG, signal.SIGKILL)
    sc.prctl(sc.PR_SET_NO_NEW_PRIVS, 1)
    if ruleset is not None:
        landlock.restrict(ruleset)
        os.close(ruleset)
    os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = confinement.scratch
    chosen.load()
    _reseed()


def _take_descriptors(descriptors: Sequence[int], ruleset: int | None) -> int | None:
    """Put the jail's descriptors in their places and close all others; gives where the ruleset is now."""
    null = os.open("/dev/null", os.O_RDONLY)
    rpc, out, *handed = descriptors
    wanted = [null, out, out, rpc, *handed] + ([] if ruleset is None else [ruleset])
    # First out of the way, so that no number is overwritten before it is moved.
    held = [os.dup2(fd, _SAFE_FD + i, inheritable=False) for i, fd in enumerate(wanted)]
    for target, fd in enumerate(held):
        os.dup2(fd, target, inheritable=False)
    os.closerange(len(held), 1 << 16)
    return None if ruleset is None else FIRST_HANDED_FD + len(handed)


def _set_limits(limits: dict[str, float], prepared: Prepared) -> None:
    # The kernel's own stop, should the supervisor hang. Its clock comes first: it starts anew at each turn, and
    # one jail may serve the share of the visible checks, that of the hidden ones, and the turn that crosses it.
    cpu = int(limits["cpu_s"] * (2 * MOST_TURNS + 1)) + 2
    scratch = int(limits["scratch_mb"]) << 20
    address_space = prepared.baseline_bytes + (int(limits["memory_mb"]) << 20)
    # A jail without a user of its own shares the count with its zygote and its neighbours.
    threads = int(limits["threads"]) + (0 if prepared.drops_uid else SHARED_PROCESSES)
    for kind, value in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, address_space),
        (resource.RLIMIT_FSIZE, scratch),
        (resource.RLIMIT_NOFILE, int(limits["files"])),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_NPROC, threads),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def _reseed() -> None:
    """A fork shares its parent's random state: every child would draw the same numbers."""
    random.seed()
    modules: dict[str, Any] = sys.modules
    if numpy := modules.get("numpy"):
        # From a number: without one numpy gathers entropy for half a millisecond.
        numpy.random.seed(int.from_bytes(os.urandom(4)))
    if torch := modules.get("torch"):
        torch.seed()
