"""After a jail there is no process, descriptor, file or mount of it; a zygote outlives hundreds of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograders.sandbox import (
    JailLimits,
    JailSpec,
    JailStopped,
    Sandbox,
    SandboxFault,
    SandboxUnavailable,
    open_sandbox,
)
from autograders.sandbox.local import LocalSandbox
from autograders.wire import Frame, decode, encode

Cells = Callable[..., Any]
LEAVES = (
    "import os, threading, time\nopen('left', 'w').write('x' * 1000)\n"
    "threading.Thread(target=time.sleep, args=(999,), daemon=True).start()\n"
    "kept = [os.open('left', 0) for _ in range(9)]\ndef f(x=0):\n    return x + 1\n"
)


@pytest.fixture(scope="module")
def own() -> Iterator[LocalSandbox]:
    """A sandbox of this file's own: what it leaves is not mixed up with another's."""
    with LocalSandbox() as sandbox:
        yield sandbox


def family(pid: int) -> set[int]:
    """All processes below one."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = set[int](), [pid]
    while waiting:
        new = children.get(waiting.pop(), [])
        found.update(new)
        waiting.extend(new)
    return found


def use(sandbox: Sandbox, agent_source: str = LEAVES) -> None:
    """Open a jail, use it, close it."""
    jail = sandbox.open(JailSpec("numpy", "learner", "learner", JailLimits(cpu_s=2, wall_s=30)))
    try:
        for message in (
            {"op": "load", "files": {"solution.py": agent_source.encode()}},
            {"op": "call", "target": "f", "args": [1], "kwargs": {}},
        ):
            answer = decode(Frame.from_bytes(jail.ask(encode(message).chunks())))
            assert "value" in answer, answer
    finally:
        jail.close()


def mounted() -> list[str]:
    """All mounts but those of containers, which come and go by themselves."""
    return [line for line in Path("/proc/mounts").read_text().splitlines() if "docker" not in line]


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def test_a_zygote_outlives_two_hundred_jails_and_keeps_nothing_of_them(own: LocalSandbox) -> None:
    use(own)
    processes = family(os.getpid())
    before = {pid: descriptors(pid) for pid in (*processes, os.getpid())}
    mounts = mounted()
    temporary = set(os.listdir("/tmp"))
    for _ in range(200):
        use(own)
    assert family(os.getpid()) == processes
    assert {pid: descriptors(pid) for pid in before} == before
    assert mounted() == mounts
    assert not [name for name in set(os.listdir("/tmp")) - temporary if "jail" in name]


@pytest.mark.parametrize(
    "body", ["while True: pass", "print('x' * 10**6)", "__import__('os')._exit(1)", "__import__('os').close(3)"]
)
def test_a_jail_that_was_stopped_leaves_no_more_than_one_that_was_closed(own: LocalSandbox, body: str) -> None:
    use(own)
    processes, open_before = family(os.getpid()), descriptors(os.getpid())
    with pytest.raises(JailStopped):
        use(own, LEAVES + f"\ndef f(x):\n    {body}\n")
    assert family(os.getpid()) == processes
    assert descriptors(os.getpid()) == open_before


def test_closing_a_sandbox_ends_its_zygotes_and_all_jails_in_them() -> None:
    before, open_before = family(os.getpid()), descriptors(os.getpid())
    sandbox = LocalSandbox()
    jail = sandbox.open(JailSpec("numpy", "learner", "learner"))
    jail.begin([b""])
    assert family(os.getpid()) > before
    sandbox.close()
    jail.rpc.close()
    os.close(jail.out)
    assert family(os.getpid()) == before
    assert descriptors(os.getpid()) == open_before


def test_when_the_supervisor_is_killed_its_jails_end_with_it(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    program = (
        "import sys, time, pathlib\nfrom autograders.sandbox import open_sandbox, JailSpec\n"
        "s = open_sandbox('local')\nj = s.open(JailSpec('numpy', 'learner', 'learner'))\n"
        f"pathlib.Path({str(ready)!r}).touch()\ntime.sleep(300)\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program])
    deadline = time.monotonic() + 120
    while not ready.exists():
        assert supervisor.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    jails = family(supervisor.pid)
    assert len(jails) >= 2
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    while alive := [pid for pid in jails if Path(f"/proc/{pid}").exists() and not is_zombie(pid)]:
        assert time.monotonic() < deadline, f"still alive: {alive}"
        time.sleep(0.05)


def is_zombie(pid: int) -> bool:
    """Dead, and waiting only for whoever adopted it to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_zygote_that_was_killed_is_a_fault_once_and_then_replaced() -> None:
    with LocalSandbox() as sandbox:
        before = family(os.getpid())
        jail = sandbox.open(JailSpec("numpy", "learner", "learner"))
        zygotes = family(os.getpid()) - before
        for pid in zygotes:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)
        with pytest.raises(SandboxFault):
            jail.ask(encode({"op": "load", "files": {"solution.py": b"x = 1"}}).chunks())
        use(sandbox)
        assert len(family(os.getpid()) - before) <= len(zygotes), "what was replaced is gone"


def test_a_closed_jail_says_so() -> None:
    with LocalSandbox() as sandbox:
        jail = sandbox.open(JailSpec("numpy", "learner", "learner"))
        assert jail.close() != 0  # it was alive, and was killed
        assert jail.close() == 0
        with pytest.raises(SandboxFault, match="closed"):
            jail.ask(encode({}).chunks())


def test_a_sandbox_of_no_known_name_is_refused_in_one_sentence() -> None:
    with pytest.raises(SandboxUnavailable, match="sandbox 'cloud' is not one of"):
        open_sandbox("cloud")
