"""At the time limit it is known how long the host kept a jail from its core; nobody can feign that with threads."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from autograders.sandbox import Jail, JailLimits, JailSpec, JailStopped, Sandbox
from autograders.sandbox.jail import Usage, complete
from autograders.wire import encode
from tests.autograders.hogs import hogs, last_core

WALL_S = 3.0
LIMITS = JailLimits(cpu_s=200, wall_s=WALL_S)
COMPUTES = "def f():\n    while True: pass\n"
SLEEPS = "import time\ndef f():\n    time.sleep(600)\n"
# Hashing lets the interpreter go: all threads are ready to run at once, and the main one is kept waiting by its own.
CROWDS_ITSELF = """
import hashlib, threading
data = bytes(1 << 24)
def burn():
    while True: hashlib.sha256(data)
def f():
    for _ in range(4): threading.Thread(target=burn, daemon=True).start()
    burn()
"""
CALL = {"op": "call", "target": "f", "args": [], "kwargs": {}}


@pytest.fixture
def jails(sandbox: Sandbox) -> Iterator[Any]:
    opened: list[Jail] = []

    def make(source: str, limits: JailLimits = LIMITS, core: int | None = None) -> Jail:
        jail = sandbox.open(JailSpec("numpy", "learner", "learner", limits, last_core() if core is None else core))
        opened.append(jail)
        jail.ask(encode({"op": "load", "files": {"solution.py": source.encode()}, "rules": {}}).chunks())
        jail.new_turn()
        return jail

    yield make
    for jail in opened:
        jail.close()


def stopped(jail: Jail) -> JailStopped:
    with pytest.raises(JailStopped) as caught:
        jail.ask(encode(CALL).chunks())
    return caught.value


def test_a_jail_that_others_keep_from_its_core_has_waited(jails: Any) -> None:
    jail = jails(COMPUTES)
    with hogs(8, {last_core()}):
        stop = stopped(jail)
    assert stop.limit == "wall"
    assert stop.waited_s > WALL_S / 2


def test_a_jail_that_sleeps_has_not_waited_however_busy_its_core_is(jails: Any) -> None:
    jail = jails(SLEEPS)
    with hogs(8, {last_core()}):
        stop = stopped(jail)
    assert stop.limit == "wall"
    assert stop.waited_s < WALL_S / 2


def test_what_the_own_threads_take_from_the_main_one_is_no_waiting(jails: Any, sandbox: Sandbox) -> None:
    jail = jails(CROWDS_ITSELF)
    began = time.monotonic()
    stop = stopped(jail)
    took = time.monotonic() - began
    assert stop.limit == "wall"
    # Whatever else the host does: on one core nobody waits for others while its own threads compute.
    assert jail.last.cpu_s + stop.waited_s < took + 0.25


def test_the_cpu_limit_comes_first(jails: Any) -> None:
    jail = jails(CROWDS_ITSELF, JailLimits(cpu_s=0.2, wall_s=120))
    assert stopped(jail).limit == "cpu"


class Told:
    """Keeps a jail that there is not, and tells of it what it is told."""

    def __init__(self, *waited_s: float) -> None:
        self.waited_s = list(waited_s)

    def usage(self, number: int) -> Usage:
        return Usage(0.0, 0, 0, self.waited_s.pop(0) if len(self.waited_s) > 1 else self.waited_s[0])

    def reset_peak(self, number: int) -> None:
        raise NotImplementedError

    def end(self, number: int) -> tuple[int, Usage]:
        return 0, Usage(0.0, 0, 0, 0.0)


def test_waiting_in_earlier_turns_does_not_count() -> None:
    ours, theirs = socket.socketpair()
    reads, writes = os.pipe()
    spec = JailSpec("numpy", "learner", "learner", JailLimits(wall_s=0.01))
    jail = Jail(Told(100.0, 100.25), 1, ours, reads, spec)
    jail.new_turn()
    stop = stopped(jail)
    assert (stop.limit, stop.waited_s) == ("wall", 0.25)
    theirs.close()
    os.close(writes)


def test_two_that_share_a_core_have_twice_the_time(jails: Any) -> None:
    pair = [jails(SLEEPS), jails(SLEEPS)]
    began = time.monotonic()
    with pytest.raises(JailStopped) as caught:
        complete([jail.begin(encode(CALL).chunks()) for jail in pair])
    assert caught.value.limit == "wall"
    assert time.monotonic() - began >= 2 * WALL_S - 0.1, "never sooner than that"
