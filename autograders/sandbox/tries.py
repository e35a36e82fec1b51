"""Tries each mechanism of the lock-down on this kernel, by doing it in a child that ends at once.

`python -m autograders.sandbox.tries` prints one JSON object: the name of each try with its state
("yes", "no", "partly", "unneeded") and what there is to say of it. It is run as a process of its
own, single-threaded as a zygote is, so that nothing it does to itself can reach whoever asks.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import socket
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from autograders.sandbox import landlock, roots, seccomp
from autograders.sandbox import syscalls as sc
from autograders.sandbox.cgroups import V2, open_groups
from autograders.sandbox.environments import ALWAYS_THERE, load_environments
from autograders.sandbox.limits import FIRST_UID
from autograders.sandbox.trying import MOST_SECONDS, Missing, Partly, Unneeded, answer, beside, must, try_one

READABLE = "/usr"
SOMEBODY_ELSES = "/etc/passwd"


def user_namespace() -> str:
    """An ordinary user becomes root of a namespace and of nothing else."""
    try:
        _own_users()
    except OSError as error:
        if os.getuid() == 0:
            raise Unneeded(f"root makes the other namespaces without it ({error.strerror})") from error
        raise
    sc.unshare(sc.CLONE_NEWNS)  # some systems let it be made, and then nothing be done in it
    sc.mount("none", "/", "", sc.MS_REC | sc.MS_PRIVATE)
    return ""


def mount_namespace() -> str:
    """A view of the file system that can be changed for one process alone."""
    _own_mounts()
    sc.mount("tmpfs", "/tmp", "tmpfs", sc.MS_NOSUID | sc.MS_NODEV, "size=64k")
    return ""


def process_namespace() -> str:
    """A process tree of its own, and a /proc that shows nothing else."""
    _namespaces(sc.CLONE_NEWNS | sc.CLONE_NEWPID)
    sc.mount("none", "/", "", sc.MS_REC | sc.MS_PRIVATE)

    def first() -> str:
        sc.mount("proc", "/proc", "proc", sc.MS_NOSUID | sc.MS_NODEV | sc.MS_NOEXEC)
        seen = [name for name in os.listdir("/proc") if name.isdigit()]
        alone = os.getpid() == 1 and seen == ["1"]
        return must(alone, f"the first process is {os.getpid()} and sees {len(seen)} processes")

    return answer(first)


def network_namespace() -> str:
    """No interface but a loopback that is down."""
    _namespaces(sc.CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as anywhere, contextlib.suppress(OSError):
        anywhere.connect(("192.0.2.1", 9))
        raise Missing("an address outside can still be reached")
    return ""


def own_root() -> str:
    """The very root that jails get: interpreter and packages, read-only, nothing else of the host."""
    uid = os.getuid()
    _own_mounts()
    roots.build_root(load_environments()[ALWAYS_THERE], "learner", uid, ())
    if os.path.exists(SOMEBODY_ELSES) and "root:" in Path(SOMEBODY_ELSES).read_text():
        raise Missing("the host's files are still there")
    with contextlib.suppress(OSError), open(f"{READABLE}/lib/tried", "w"):
        raise Missing("the interpreter's folder can be written")
    return ""


def bounded_scratch() -> str:
    """A scratch folder in memory that takes no more than its size."""
    _own_mounts()
    sc.mount("tmpfs", "/tmp", "tmpfs", sc.MS_NOSUID | sc.MS_NODEV, "size=256k,nr_inodes=16")
    try:
        Path("/tmp/tried").write_bytes(bytes(1 << 20))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return ""
        raise
    raise Missing("it takes more than its size")


def landlock_files() -> str:
    """Files outside the ruleset cannot be opened."""
    version = _confined(1)
    with contextlib.suppress(PermissionError), open(SOMEBODY_ELSES):
        raise Missing(f"{SOMEBODY_ELSES} could be opened all the same")
    os.listdir(READABLE)
    return f"version {version}"


def landlock_network() -> str:
    """No TCP port can be bound or reached."""
    _confined(4)
    with socket.socket() as port, contextlib.suppress(PermissionError):
        port.bind(("127.0.0.1", 0))
        raise Missing("a port could be bound all the same")
    return ""


def landlock_scope() -> str:
    """No signal reaches a process outside."""
    _confined(6)
    with contextlib.suppress(PermissionError):
        os.kill(os.getppid(), 0)
        raise Missing("a process outside could be signalled all the same")
    return ""


def filter_compiles() -> str:
    """The list of system calls becomes a program for the kernel."""
    return f"{len(seccomp.compile_filter()) // 8} instructions"


def filter_holds() -> str:
    """The filter loads, and what it does not allow is refused."""
    program = seccomp.Filter(seccomp.compile_filter())
    sc.prctl(sc.PR_SET_NO_NEW_PRIVS, 1)
    program.load()
    for what, action in (("a process", os.fork), ("a socket", lambda: socket.socket().close())):
        with contextlib.suppress(PermissionError):
            if action() == 0:
                os._exit(0)
            raise Missing(f"{what} could be made all the same")
    return ""


def own_user() -> str:
    """Each jail becomes a user that nobody else is."""
    if os.getuid() != 0:
        raise Partly("all jails run as this user; their namespaces, or Landlock and the filter, keep them apart")
    _become_somebody()
    with contextlib.suppress(PermissionError):
        os.setuid(0)
        raise Missing("it can become root again")
    return ""


def no_privilege() -> str:
    """Every capability is given up, and none can be gained."""
    if os.getuid() == 0:
        sc.drop_bounding_set()
    sc.drop_capabilities()
    sc.prctl(sc.PR_SET_NO_NEW_PRIVS, 1)
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    left = int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapBnd"], 16) * (os.getuid() == 0)
    return must(not left and status["NoNewPrivs"].strip() == "1", f"capabilities {left:x} are left")


def resource_limits() -> str:
    """Address space, open files and the size of a file are bounded."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (pages + (64 << 20),) * 2)
    with contextlib.suppress(MemoryError):
        bytearray(256 << 20)
        raise Missing("address space is not bounded")
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    with contextlib.suppress(OSError):
        for _ in range(20):
            os.dup(1)
        raise Missing("open files are not bounded")
    return ""


def control_group() -> str:
    """Memory and processes of one jail as a whole are bounded by the kernel."""
    groups = open_groups()
    if groups is None:
        raise Missing("no control group can be made below the one this process is in")
    try:
        groups.make("tried", 64 << 20, 1)

        def alone() -> str:
            groups.join("tried")
            with contextlib.suppress(OSError):
                if os.fork() == 0:
                    os._exit(0)
                raise Missing("a second process could start in a group of one")
            return ""

        answer(alone)
        groups.remove("tried")
    finally:
        groups.close()
    return f"version {2 if groups.interface is V2 else 1}"


def cpu_clock() -> str:
    """The CPU time of another process is read where that process cannot touch it."""

    def busy(pid: int) -> str:
        deadline = time.monotonic() + MOST_SECONDS / 2
        while sc.cpu_clock(pid) < 0.02:
            if time.monotonic() > deadline:
                raise Missing("another process's clock stands still")
            time.sleep(0.005)
        return ""

    return beside(lambda: sum(range(1 << 40)), busy)


def peak_reset() -> str:
    """The highest memory of a process that hides from others can be counted anew."""

    (wait, go), (hear, tell) = os.pipe(), os.pipe()

    def hide() -> None:
        os.read(wait, 1)
        sc.prctl(sc.PR_SET_DUMPABLE, 0)
        os.write(tell, b"!")
        time.sleep(MOST_SECONDS)

    def wipe(pid: int) -> str:
        # As a zygote does it: opened before the process hides, used afterwards.
        with open(f"/proc/{pid}/clear_refs", "w") as file:
            os.write(go, b"!")
            os.read(hear, 1)
            file.write("5")
        return ""

    return beside(hide, wipe)


def core_of_its_own() -> str:
    """Timed work can be put on one core while the rest of the host uses another."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    must(os.sched_getaffinity(0) == {max(cores)}, "the process stayed where it was")
    if len(cores) == 1:
        raise Partly("there is one core: timed work shares it with everything else")
    return f"{len(cores)} cores"


def readable_packages() -> str:
    """Interpreter and packages can be read by a user who is not the one that installed them."""
    environment = load_environments()[ALWAYS_THERE]
    paths = [*roots.interpreter_paths(), *environment.import_paths(), sysconfig.get_paths()["stdlib"]]
    held = [os.open(path, os.O_PATH) for path in paths]
    if os.getuid() == 0:
        _become_somebody()
    for fd in held:
        # By descriptor, as a mount shows it: whatever the folders around it allow.
        os.close(os.open(f"/proc/self/fd/{fd}", os.O_RDONLY))
    if closed := [path for path in paths if not os.access(path, os.R_OK)]:
        raise Partly(f"the way to {closed[0]} is closed to others: jails see it through namespaces only")
    return ""


TRIES: dict[str, Callable[[], str]] = {
    "user namespace": user_namespace,
    "mount namespace": mount_namespace,
    "process namespace": process_namespace,
    "network namespace": network_namespace,
    "ipc namespace": lambda: _changed("ipc", sc.CLONE_NEWIPC),
    "host name namespace": lambda: _changed("uts", sc.CLONE_NEWUTS),
    "control group namespace": lambda: _changed("cgroup", sc.CLONE_NEWCGROUP),
    "root of its own": own_root,
    "bounded scratch": bounded_scratch,
    "Landlock: files": landlock_files,
    "Landlock: network": landlock_network,
    "Landlock: signals": landlock_scope,
    "seccomp library": filter_compiles,
    "seccomp filter": filter_holds,
    "user of its own": own_user,
    "no privileges": no_privilege,
    "resource limits": resource_limits,
    "control group": control_group,
    "CPU clock": cpu_clock,
    "peak memory": peak_reset,
    "pinned core": core_of_its_own,
    "readable packages": readable_packages,
}


def _become_somebody() -> None:
    os.setgroups([])
    os.setresgid(FIRST_UID, FIRST_UID, FIRST_UID)
    os.setresuid(FIRST_UID, FIRST_UID, FIRST_UID)


def _own_users() -> None:
    uid, gid = os.getuid(), os.getgid()
    sc.unshare(sc.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


def _namespaces(kinds: int) -> None:
    """As a zygote makes them: an ordinary user needs a user namespace first."""
    if os.getuid() != 0:
        _own_users()
    sc.unshare(kinds)


def _own_mounts() -> None:
    _namespaces(sc.CLONE_NEWNS)
    sc.mount("none", "/", "", sc.MS_REC | sc.MS_PRIVATE)


def _changed(kind: str, flag: int) -> str:
    before = os.readlink(f"/proc/self/ns/{kind}")
    _namespaces(flag)
    return must(os.readlink(f"/proc/self/ns/{kind}") != before, "the process stayed where it was")


def _confined(least: int) -> int:
    """Under Landlock's rules, where the kernel has them in that version."""
    version = landlock.abi()
    must(version >= least, f"the kernel has version {version} of it, {least} is needed")
    sc.prctl(sc.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(landlock.make_ruleset([READABLE], []))
    return version


if __name__ == "__main__":
    json.dump({name: try_one(action) for name, action in TRIES.items()}, sys.stdout)
