"""The zygote: a trusted process that has imported an environment and forks one locked-down child a jail.

Run as `python -m autograders.sandbox.zygote`. It holds no secret, no hidden data and no
descriptor but its control socket, over which the supervisor asks, one JSON message each way:

    {"op": "spawn", "agent": NAME, "limits": {...}, "core": N, "duty": NAME} + two descriptors or more
                               ->  {"id": N}
    {"op": "usage", "id": N}   ->  {"cpu_s": S, "rss_kb": N, "peak_kb": N, "waited_s": S, "scratch_kb": N}
                                   read from outside the child
    {"op": "reset_peak", "id": N}  ->  {}
    {"op": "end", "id": N}     ->  {"status": wait status, "cpu_s": S, "peak_kb": N, "out_of_memory": BOOL,
                                   "crowded_out": BOOL, "left_over": N}
                                   killed, reaped, cleaned up; whether the kernel ended it for memory, its own
                                   or its neighbours', and how many processes there are that nobody asked for

It ends, and the kernel ends all its children with it, when the control socket closes.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograders.sandbox import landlock, lockdown, roots, seccomp
from autograders.sandbox import syscalls as sc
from autograders.sandbox.cgroups import Groups, in_container_ran_out, open_groups
from autograders.sandbox.environments import Environment, engine_digest, load_environments
from autograders.sandbox.limits import FIRST_UID, LOCKED_DOWN, UIDS, Side
from autograders.sandbox.lockdown import Confinement, Prepared
from autograders.sandbox.preload import import_environment, load_agents

MESSAGE_BYTES = 1 << 16
MOST_DESCRIPTORS = 2 + lockdown.MOST_HANDED
CONNECT_SECONDS = 60
LOCKDOWN_FAILED = 70
BLOCK_KB = 4
# Beyond its memory and scratch: pages it shares with the zygote until it writes to them, and the kernel's own.
GROUP_SLACK_MB = 96


@dataclass
class Child:
    """A forked jail as the zygote knows it."""

    pid: int
    scratch: str | None
    group: str | None
    deaths_before: int
    memory_kb: int
    clear_refs: int


class Zygote:
    """Forks, measures and ends jails on request."""

    def __init__(
        self,
        prepared: Prepared,
        agents: dict[str, Callable[[int], None]],
        proc: int,
        groups: Groups | None,
        first_uid: int,
    ) -> None:
        self.prepared, self.agents, self.proc, self.groups = prepared, agents, proc, groups
        self.first_uid = first_uid
        self.children: dict[int, Child] = {}
        self.count = 0
        self.pid_namespace = os.open("self/ns/pid", os.O_RDONLY, dir_fd=proc) if prepared.tier == "ns" else -1

    def serve(self, control: socket.socket) -> None:
        """Answer requests until the supervisor closes the control socket."""
        handlers = {"spawn": self.spawn, "usage": self.usage, "reset_peak": self.reset_peak, "end": self.end}
        while True:
            data, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, MOST_DESCRIPTORS)
            if not data:
                return
            try:
                request = json.loads(data)
                answer = handlers[request["op"]](request, descriptors)
            except (OSError, KeyError, ValueError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            for fd in descriptors:
                os.close(fd)
            control.send(json.dumps(answer).encode())

    def spawn(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        """Fork a jail; the child never returns from here."""
        agent = self.agents[request["agent"]]
        self.count += 1
        uid = self.first_uid + self.count % UIDS
        scratch = self._make_scratch(uid)
        group = self._make_group(request["limits"])
        if self.prepared.tier == "ns":
            sc.unshare(sc.CLONE_NEWPID)
        gate_read, gate_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(gate_write)
            os.read(gate_read, 1)  # ends when the zygote closes its side
            confinement = Confinement(request["limits"], uid, scratch or roots.SCRATCH, request["duty"])
            self._become_jail(confinement, request, agent, descriptors, group)
        if self.prepared.tier == "ns":
            sc.setns(self.pid_namespace, sc.CLONE_NEWPID)
        # Opened before the child may lock itself down: of what nobody may dump, an ordinary user opens nothing.
        clear_refs = os.open(f"{pid}/clear_refs", os.O_WRONLY | os.O_CLOEXEC, dir_fd=self.proc)
        os.close(gate_read)
        os.close(gate_write)
        deaths = in_container_ran_out() if group is None else 0
        memory_kb = int(request["limits"]["memory_mb"]) * 1024
        self.children[self.count] = Child(pid, scratch, group, deaths, memory_kb, clear_refs)
        return {"id": self.count}

    def _become_jail(
        self,
        confinement: Confinement,
        request: dict[str, Any],
        agent: Callable[[int], None],
        descriptors: list[int],
        group: str | None,
    ) -> None:
        try:
            if self.groups and group:
                self.groups.join(group)
            if request.get("core") is not None:
                _keep_to({request["core"]}, or_else={max(os.sched_getaffinity(0))})
            with open(os.open("self/oom_score_adj", os.O_WRONLY, dir_fd=self.proc), "w") as file:
                file.write("1000")  # where memory runs out, it is the jail that goes
            lockdown.enter(self.prepared, confinement, descriptors)
            os.write(lockdown.RPC_FD, LOCKED_DOWN)
            agent(lockdown.RPC_FD)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - a forked child must never run its parent's code
            os.write(2, f"jail: {type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(LOCKDOWN_FAILED)

    def _make_scratch(self, uid: int) -> str | None:
        if self.prepared.tier == "ns":
            return None
        path = os.path.join(os.environ.get("TMPDIR", roots.SCRATCH), f"jail-{uid}")
        os.mkdir(path, 0o700)
        if self.prepared.drops_uid:
            os.chown(path, uid, uid)
        return path

    def _make_group(self, limits: dict[str, float]) -> str | None:
        if self.groups is None:
            return None
        name = f"jail-{self.count}"
        megabytes = int(limits["memory_mb"]) + int(limits["scratch_mb"]) + GROUP_SLACK_MB
        self.groups.make(name, megabytes << 20, int(limits["threads"]))
        return name

    def usage(self, request: dict[str, Any], _descriptors: list[int]) -> dict[str, Any]:
        """CPU seconds and memory of a living or dead jail that has not been ended yet."""
        child = self.children[request["id"]]
        pid, memory, cpu = child.pid, self._memory(child.pid), sc.cpu_clock(child.pid)
        return {
            "cpu_s": cpu,
            "rss_kb": memory.get("VmRSS", 0),
            "peak_kb": memory.get("VmHWM", 0),
            "waited_s": self._waited(pid, cpu),
            "scratch_kb": _size_kb(child.scratch) if child.scratch else 0,
        }

    def reset_peak(self, request: dict[str, Any], _descriptors: list[int]) -> dict[str, Any]:
        """Let the peak memory start again from what is used now."""
        os.write(self.children[request["id"]].clear_refs, b"5")
        return {}

    def end(self, request: dict[str, Any], _descriptors: list[int]) -> dict[str, Any]:
        """Kill and reap a jail; nothing of it is left afterwards."""
        child = self.children.pop(request["id"])
        ended = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        peak = self._memory(child.pid).get("VmHWM", 0)
        cpu = sc.cpu_clock(child.pid)
        os.kill(child.pid, signal.SIGKILL)
        _, status, _ = os.wait4(child.pid, 0)
        os.close(child.clear_refs)
        if child.scratch:
            # The jail is dead: nobody can swap a folder for a link under our feet any more.
            shutil.rmtree(child.scratch, ignore_errors=True)
        killed = ended and self._ran_out(child)
        # What shares a container shares its memory: who has used little of its own pays for a neighbour.
        crowded_out = killed and child.group is None and peak < child.memory_kb // 2
        if self.groups and child.group:
            self.groups.remove(child.group)
        answer = {"status": status, "cpu_s": cpu, "peak_kb": peak}
        why = {"out_of_memory": killed and not crowded_out, "crowded_out": crowded_out}
        return answer | why | {"left_over": self._left_over()}

    def _left_over(self) -> int:
        """Processes in this container beside zygote and jails; outside one, each jail has a process tree of its own."""
        if self.prepared.tier == "ns" or os.getpid() != 1:
            return 0
        known = {1, *(child.pid for child in self.children.values())}
        return sum(name.isdigit() and int(name) not in known for name in os.listdir(self.proc))

    def _ran_out(self, child: Child) -> bool:
        """Whether the kernel ended this jail for memory, by its own group's count or its container's."""
        if self.groups and child.group:
            return self.groups.ran_out(child.group)
        return in_container_ran_out() > child.deaths_before

    def close(self) -> None:
        """End every jail that is left and remove what was made for them."""
        for number in list(self.children):
            self.end({"id": number}, [])
        if self.groups and self.prepared.tier != "ns":
            self.groups.close()

    def _memory(self, pid: int) -> dict[str, int]:
        lines = self._read(f"{pid}/status").splitlines()
        pairs = (line.split(":", 1) for line in lines if line.startswith(("VmRSS", "VmHWM")))
        return {name: int(value.split()[0]) for name, value in pairs}

    def _waited(self, pid: int, cpu: float) -> float:
        """Seconds the jail's main thread was ready to run but others had its core; 0 where the kernel does not say.

        Threads of its own may have had it, for no longer than they computed: that is taken off.
        """
        fields = self._read(f"{pid}/schedstat").split()
        if len(fields) < 2:
            return 0.0
        computed, waited = int(fields[0]) / 1e9, int(fields[1]) / 1e9
        return max(0.0, waited - max(0.0, cpu - computed))

    def _read(self, path: str) -> str:
        try:
            fd = os.open(path, os.O_RDONLY, dir_fd=self.proc)
        except FileNotFoundError:
            return ""
        with os.fdopen(fd) as file:
            return file.read()


def enter_namespaces(environment: Environment, side: Side, hidden: tuple[str, ...], groups: Groups | None) -> int:
    """Move into namespaces and a root of our own; returns a descriptor of our /proc.

    The calling process stays behind as a stub that waits, and tidies up behind a zygote that was
    killed: a pid namespace is entered by a child.
    """
    uid, gid = os.getuid(), os.getgid()
    if uid != 0:
        sc.unshare(sc.CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"0 {uid} 1")
        _write("/proc/self/gid_map", f"0 {gid} 1")
    kinds = (sc.CLONE_NEWNS, sc.CLONE_NEWNET, sc.CLONE_NEWIPC, sc.CLONE_NEWUTS, sc.CLONE_NEWCGROUP, sc.CLONE_NEWPID)
    sc.unshare(sum(kinds))
    pid = os.fork()
    if pid:
        _, status, _ = os.wait4(pid, 0)
        if groups:
            groups.close()
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    sc.prctl(sc.PR_SET_PDEATHSIG, signal.SIGKILL)
    sc.mount("none", "/", "", sc.MS_REC | sc.MS_PRIVATE)
    sc.mount("proc", "/proc", "proc", sc.MS_NOSUID | sc.MS_NODEV | sc.MS_NOEXEC)
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    roots.build_root(environment, side, uid, hidden)
    return proc


def _keep_to(cores: set[int], or_else: set[int] | None = None) -> None:
    """Run on these cores from now on, or on others where they are not ours; where nobody may choose, stay."""
    for wanted in (cores, or_else):
        with contextlib.suppress(OSError):
            if wanted:
                os.sched_setaffinity(0, wanted)
                return


def _size_kb(folder: str) -> int:
    """What the files of a scratch folder take up, as far as they have names; where there is no mount of its own."""
    total = 0
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                # An empty file takes memory too: each counts as a block at least.
                total += max(BLOCK_KB, entry.stat(follow_symlinks=False).st_blocks // 2)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return total


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def prepare(arguments: argparse.Namespace) -> Zygote:
    """Import, warm up and lock the zygote's own surroundings down."""
    environment = load_environments()[arguments.environment]
    root = os.getuid() == 0
    withheld = tuple(name for name in arguments.withheld.split(",") if name)
    import_environment(environment, withheld)
    agents = load_agents(arguments.side)
    filters = {duty: seccomp.Filter(seccomp.compile_filter(duty)) for duty in seccomp.DUTIES_OF_SIDE[arguments.side]}
    hidden = roots.hidden_paths(withheld)
    groups = open_groups()
    has_landlock = landlock.abi() > 0
    if arguments.tier == "ns":
        readable: tuple[str, ...] = ("/",)
        proc = enter_namespaces(environment, arguments.side, hidden, groups)
        # Each jail mounts a scratch folder of its own; a rule on the folder around it holds for them all.
        ruleset = landlock.make_ruleset(readable, [roots.JAIL, "/dev/null"]) if has_landlock else None
    else:
        if not has_landlock:
            raise OSError("this kernel has no Landlock, which is all that keeps files apart without namespaces")
        readable, ruleset = roots.landlock_paths(environment, arguments.side, hidden), None
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    roots.hide_project()
    lockdown.prepare_zygote()
    _refuse_threads(proc)
    gc.collect()
    gc.freeze()
    with open(os.open("self/statm", os.O_RDONLY, dir_fd=proc)) as file:
        size = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    prepared = Prepared(arguments.tier, filters, readable, ruleset, has_landlock, size, drops_uid=root)
    return Zygote(prepared, agents, proc, groups, arguments.first_uid)


def _refuse_threads(proc: int) -> None:
    fd = os.open("self/task", os.O_RDONLY | os.O_DIRECTORY, dir_fd=proc)
    try:
        count = len(os.listdir(fd))
    finally:
        os.close(fd)
    if count != 1:
        raise RuntimeError(f"the zygote runs {count} threads: a fork of it would hang")


def open_control(arguments: argparse.Namespace) -> socket.socket:
    """The control socket: inherited as a descriptor, or the first connection to a path."""
    if arguments.listen is None:
        return socket.socket(fileno=arguments.fd)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(arguments.listen)
        # The folder is the supervisor's own and closed to others; who it is there, we do not know here.
        os.chmod(arguments.listen, 0o666)
        listener.listen(1)
        listener.settimeout(CONNECT_SECONDS)
        control, _ = listener.accept()
        os.unlink(arguments.listen)
    return control


def facts(zygote: Zygote) -> dict[str, object]:
    """What holds its jails, for reports and for whoever looks after the host."""
    return {"landlock": landlock.abi(), "cgroup": zygote.groups is not None, "own_user": zygote.prepared.drops_uid}


def main() -> None:
    """Prepare, say ready (or what stands in the way), then serve."""
    parser = argparse.ArgumentParser(prog="autograders.sandbox.zygote")
    parser.add_argument("--environment", required=True)
    parser.add_argument("--side", choices=("learner", "trusted"), required=True)
    parser.add_argument("--tier", choices=("ns", "landlock"), required=True)
    parser.add_argument("--cores", default="", help="numbers of the cores for untimed work, by commas; all where none")
    parser.add_argument("--withheld", default="", help="dotted names of modules that jails do without, by commas")
    parser.add_argument("--first-uid", type=int, default=FIRST_UID, help="jails get this user and those after it")
    parser.add_argument("--fd", type=int, default=-1)
    parser.add_argument("--listen")
    arguments = parser.parse_args()
    # First of all: what is started from here on, threads and jails, stays where we are.
    _keep_to({int(core) for core in arguments.cores.split(",") if core})
    control = open_control(arguments)
    engine = engine_digest()
    try:
        zygote = prepare(arguments)
    except (OSError, RuntimeError, ImportError, KeyError) as error:
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        sys.exit(1)
    control.send(json.dumps({"ready": True, "engine": engine, "facts": facts(zygote)}).encode())
    try:
        zygote.serve(control)
    finally:
        zygote.close()


if __name__ == "__main__":
    main()
