"""What the lock-down is made of, found on this host by doing it; and whether a placement may hold a learner's code.

The mechanisms explain, the probe decides: a placement's verdict comes from opening a jail in it,
which proves itself by trying to break out (`probe.py`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from autograders.sandbox import PLACEMENTS, JailSpec, SandboxFault, SandboxUnavailable, open_sandbox
from autograders.sandbox.environments import ALWAYS_THERE, load_environments
from autograders.sandbox.local import ZYGOTE_ENVIRONMENT

TRY_SECONDS = 120
LOCAL, BOTH = ("local",), ("local", "docker")
NOT_NEEDED = "not needed here"
NAMESPACES = (
    "Linux 5.12 or later; sysctl -w user.max_user_namespaces=10000, on Debian also kernel.unprivileged_userns_clone=1, "
    "on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0; or SANDBOX=docker"
)
LANDLOCK = "a kernel of 5.13 or later with Landlock: lsm=landlock,... on its command line, CONFIG_SECURITY_LANDLOCK"


@dataclass(frozen=True)
class Mechanism:
    """One part of the lock-down.

    `serves` are the placements that use it, `needed_by` those that hold no jail in their strongest tier without it.
    """

    name: str
    serves: tuple[str, ...]
    needed_by: tuple[str, ...]
    protects: str
    enable: str


@dataclass(frozen=True)
class Finding:
    """What became of a mechanism here. `state` is yes, no, "partly: ..." or "not needed here"."""

    mechanism: Mechanism
    state: str
    detail: str = ""

    def to_json(self) -> dict[str, object]:
        """A plain dictionary, as `doctor --json` prints it."""
        one = self.mechanism
        facts = {"name": one.name, "state": self.state, "detail": self.detail}
        return facts | {"needed_by": list(one.needed_by), "protects": one.protects, "enable": one.enable}


@dataclass(frozen=True)
class Verdict:
    """Whether a placement may hold a learner's code here, in which tier, and why (not)."""

    usable: bool
    tier: str
    why: str

    def to_json(self) -> dict[str, object]:
        """A plain dictionary, as `doctor --json` prints it."""
        return {"usable": self.usable, "tier": self.tier, "why": self.why}


# Each has a try of the same name in tries.py.
KERNEL = (
    Mechanism("user namespace", LOCAL, LOCAL, "a worker that has to be root to lock anything down", NAMESPACES),
    Mechanism("mount namespace", LOCAL, LOCAL, "reading or writing the host's files", NAMESPACES),
    Mechanism(
        *("process namespace", LOCAL, LOCAL, "seeing, signalling or outliving other processes"),
        NAMESPACES,
    ),
    Mechanism("network namespace", LOCAL, LOCAL, "sending anything anywhere", NAMESPACES),
    Mechanism("ipc namespace", LOCAL, LOCAL, "shared memory with other programs", NAMESPACES),
    Mechanism("host name namespace", LOCAL, LOCAL, "changing what the host is called", NAMESPACES),
    Mechanism("control group namespace", LOCAL, LOCAL, "learning how the host is divided", NAMESPACES),
    Mechanism(
        *("root of its own", LOCAL, LOCAL, "finding tests, references, secrets or other submissions on disk"),
        NAMESPACES,
    ),
    Mechanism("bounded scratch", LOCAL, LOCAL, "filling the disk", NAMESPACES),
    Mechanism("Landlock: files", BOTH, BOTH, "opening files, should a mount be wrong", LANDLOCK),
    Mechanism("Landlock: network", BOTH, (), "TCP, should the filter be wrong", "Linux 6.7 or later with Landlock"),
    Mechanism(
        *("Landlock: signals", BOTH, (), "signalling neighbours where they are of one user"),
        "Linux 6.12 or later with Landlock",
    ),
    Mechanism(
        *("seccomp library", BOTH, BOTH, "running with no list of system calls"),
        "apt install libseccomp2; pip install pyseccomp",
    ),
    Mechanism(
        *("seccomp filter", BOTH, BOTH, "new processes, sockets, tracing and most ways into the kernel"),
        "a kernel with CONFIG_SECCOMP_FILTER",
    ),
    Mechanism(
        *("user of its own", BOTH, (), "one jail reaching another by being the same user"),
        "run the worker as root, or SANDBOX=docker",
    ),
    Mechanism(
        *("no privileges", BOTH, BOTH, "root inside a jail being root anywhere"),
        "allow prctl and capset where this process itself is confined",
    ),
    Mechanism(
        *("resource limits", BOTH, BOTH, "taking the host's memory, descriptors or disk"),
        "raise what bounds this process itself: ulimit -H -a",
    ),
    Mechanism(
        *("control group", LOCAL, (), "memory that is no address space: scratch, pipes, the kernel's own"),
        "run the worker as root, or where memory and pids are handed on to its user (cgroup.subtree_control)",
    ),
    Mechanism(
        *("CPU clock", BOTH, BOTH, "a learner's code timing itself"),
        "show this process those it starts: mount /proc without hidepid",
    ),
    Mechanism(
        *("peak memory", BOTH, (), "memory checks counting what was used before the call"),
        "a kernel with CONFIG_PROC_PAGE_MONITOR, and a /proc that shows this process those it starts",
    ),
    Mechanism(
        *("pinned core", BOTH, BOTH, "races told apart by what else the host does"),
        "give the worker two cores or more",
    ),
    Mechanism(
        *("readable packages", LOCAL, LOCAL, "a jail that cannot import what it is promised"),
        "install interpreter and .venv where others may read: chmod o+rX, not below a closed home folder",
    ),
)


def environment_mechanism(name: str) -> Mechanism:
    """The row of one environment of environments.toml."""
    extra = {"numpy": "engine", "torch": "ml,torch"}.get(name, "ml")
    enable = f"pip install '.[{extra}]'" if "torch" not in extra else "make test installs it; or requirements-torch.txt"
    needed = LOCAL if name == ALWAYS_THERE else ()
    return Mechanism(f"environment {name}", LOCAL, needed, "grading with other versions than declared", enable)


def examine(chosen: str) -> tuple[Finding, ...]:
    """Try every mechanism of the kernel and look at each environment, with an eye on one placement."""
    tried = try_kernel()
    found = [_finding(one, *tried.get(one.name, ("no", "it was not tried")), chosen) for one in KERNEL]
    for name, environment in load_environments().items():
        missing = ", ".join(environment.missing())
        state, detail = ("no", f"needs {missing}") if missing else ("yes", _versions(environment.packages()))
        found.append(_finding(environment_mechanism(name), state, detail, chosen))
    return tuple(found)


def try_kernel() -> dict[str, tuple[str, str]]:
    """State and detail of each try, from a process of its own; where that fails all of them are "no"."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "autograders.sandbox.tries"],
            env=ZYGOTE_ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TRY_SECONDS,
            check=True,
        )
        return {name: (state, detail) for name, (state, detail) in json.loads(done.stdout).items()}
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip().splitlines()
        reason = "jails need Linux" if sys.platform != "linux" else (said or [str(error)])[-1]
        return {one.name: ("no", reason) for one in KERNEL}


def _versions(packages: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in packages.items())


def _finding(one: Mechanism, state: str, detail: str, chosen: str) -> Finding:
    return Finding(one, *settled(one, state, detail, chosen))


def settled(one: Mechanism, state: str, detail: str, chosen: str) -> tuple[str, str]:
    """State and detail as they are told: what is missing but serves another placement only is not needed here."""
    if state == "unneeded":
        return NOT_NEEDED, detail
    if state != "yes" and chosen not in one.serves:
        return NOT_NEEDED, f"{chosen} is chosen" + (f"; {detail}" if detail else "")
    return (f"partly: {detail}", "") if state == "partly" else (state, detail)


def chosen_placement() -> str:
    """The placement that SANDBOX names, `local` where it names none; raises SandboxUnavailable for another word."""
    name = os.environ.get("SANDBOX") or "local"
    if name not in PLACEMENTS:
        raise SandboxUnavailable(f"SANDBOX: {name!r} is not one of {', '.join(PLACEMENTS)}")
    return name


def judge(placement: str) -> Verdict:
    """Open a jail in a placement, which tries to break out of it, and say whether it held."""
    try:
        with open_sandbox(placement) as sandbox:
            sandbox.open(JailSpec(ALWAYS_THERE, "learner", "learner")).close()
            facts = sandbox.describe()
    except (SandboxUnavailable, SandboxFault, OSError) as error:
        return Verdict(False, "none", str(error))
    except ImportError as error:
        return Verdict(False, "none", f"a package is missing ({error}): pip install '.[{placement}]'")
    return Verdict(True, facts["tier"], "a jail was opened, tried to break out, and held")


def reasons(findings: Sequence[Finding], placement: str) -> tuple[Finding, ...]:
    """What a placement needs and this host does not have."""
    return tuple(one for one in findings if placement in one.mechanism.needed_by and one.state == "no")


def told(findings: Sequence[Finding]) -> str:
    """What is missing and what to do, those together that one thing brings back."""
    names: dict[str, list[str]] = {}
    for finding in findings:
        names.setdefault(finding.mechanism.enable, []).append(finding.mechanism.name)
    return "; ".join(f"{', '.join(together)} ({enable})" for enable, together in names.items())
