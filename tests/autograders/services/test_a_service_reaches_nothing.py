"""A jail that serves can accept connections and nothing more: no socket of its own making, nobody to call."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograders.sandbox import JailSpec, Sandbox, SandboxFault
from autograders.serving import Services
from tests.autograders.sandbox.conftest import LIMITS, Cell
from tests.autograders.sandbox.test_nothing_gets_out import ACTIONS, ATTEMPT, HELPERS

# A copy each: a socket object closes its descriptor when it is forgotten.
SERVING, LINE, WIRE = (f"__import__('socket').socket(fileno=os.dup({fd}))" for fd in (4, 5, 3))
PASSED = "[b'x'], [(1, 1, (0).to_bytes(4, 'little'))]"
ASKED = {
    **{name: action for name, action in ACTIONS.items() if name != "socket pair"},
    "pass a descriptor": f"{WIRE}.sendmsg({PASSED})",
    "internet pair": "__import__('socket').socketpair(2, 1)",
    "stream to a path": "libc('connect', 5, b'\\x01\\x00/tmp/socket', 13)",
    "connect the listener to itself": f"{SERVING}.connect({SERVING}.getsockname())",
    "bind again": f"{SERVING}.bind('other')",
    "who connected": f"{SERVING}.getsockopt(1, 17)",
    "tune the listener": f"{SERVING}.setsockopt(1, 8, 1 << 20)",
    "attach a filter": f"{SERVING}.setsockopt(1, 26, bytes(16))",
    "pass a descriptor by the line": f"{LINE}.sendmsg({PASSED})",
    "receive a descriptor by the line": f"{LINE}.recvmsg(1, 64)",
    "receive a descriptor from the engine": f"{WIRE}.recvmsg(1, 64)",
    "many messages at once": "libc('syscall', 299, 3, bytes(64), 1, 0, 0)",
    "open a process": "libc('syscall', 434, 1, 0)",
    "take a descriptor": "libc('syscall', 438, 1, 0, 0)",
}


@pytest.fixture
def serving(sandbox: Sandbox) -> Iterator[Callable[..., tuple[Cell, Services]]]:
    """A jail as a service has it, with source loaded; and the engine's part."""
    opened: list[tuple[Cell, Services]] = []

    def open_one(source: str, environment: str = "numpy") -> tuple[Cell, Services]:
        services = Services()
        limits = dataclasses.replace(LIMITS, cpu_s=20, wall_s=60)
        spec = services.spec(JailSpec(environment, "learner", "learner", limits), services.house("one"))
        cell = Cell(sandbox.open(spec), source)
        opened.append((cell, services))
        return opened[-1]

    yield open_one
    for cell, services in opened:
        cell.jail.close()
        services.close()


def test_nothing_of_this_is_possible_where_a_service_runs(serving: Callable[..., tuple[Cell, Services]]) -> None:
    lines = [f"    {name!r}: attempt(lambda: {action})," for name, action in ASKED.items()]
    source = "\n".join([HELPERS, ATTEMPT, f"PROJECT = {__file__!r}", "def probe():", "  return {", *lines, "  }"])
    cell, _ = serving(source)
    answers: dict[str, Any] = cell.call("probe")
    assert set(answers) == set(ASKED), answers
    possible = {name: answer for name, answer in answers.items() if not answer.startswith("refused")}
    assert possible == {}


def test_a_service_has_its_socket_and_its_line_and_no_descriptor_more(
    serving: Callable[..., tuple[Cell, Services]],
) -> None:
    source = (
        "import os\ndef f():\n    found = []\n    for fd in range(1000):\n        try: os.fstat(fd)\n"
        "        except OSError: continue\n        found.append(fd)\n    return found\n"
    )
    assert serving(source)[0].call("f") == [0, 1, 2, 3, 4, 5]


def test_its_address_tells_nothing_of_the_host(serving: Callable[..., tuple[Cell, Services]]) -> None:
    source = f"import os\ndef f():\n    return {SERVING}.getsockname()\n"
    name = serving(source)[0].call("f")
    assert name.startswith("/proc/self/fd/")
    assert name.endswith("/service")


def test_it_accepts_whom_the_engine_connects_and_hears_what_is_said(
    serving: Callable[..., tuple[Cell, Services]],
) -> None:
    source = f"import os\ndef f():\n    there, _ = {SERVING}.accept()\n    there.sendall(b'heard ' + there.recv(10))\n"
    cell, services = serving(source)
    _, line, *_ = socket.recv_fds(services.theirs, 1, 8)
    assert services.connect("one", 1) == 1
    _, (client,), *_ = socket.recv_fds(services.theirs, 1, 8)
    with socket.socket(fileno=client) as end, socket.socket(fileno=line[0]):
        end.sendall(b"hello")
        cell.call("f")
        assert end.recv(100) == b"heard hello"


def test_an_ordinary_jail_still_can_neither_accept_nor_pair(sandbox: Sandbox) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("")
        listener.listen()
        spec = JailSpec("numpy", "learner", "learner", LIMITS, handed=(listener.fileno(),))
        source = (
            f"import os, socket\n{ATTEMPT}\ndef f():\n    return [attempt(lambda: {SERVING}.accept()), "
            "attempt(socket.socketpair)]\n"
        )
        jail = sandbox.open(spec)
        try:
            answers = Cell(jail, source).call("f")
        finally:
            jail.close()
    assert all(answer.startswith("refused: PermissionError") for answer in answers), answers


def test_no_learners_jail_may_receive_descriptors(sandbox: Sandbox) -> None:
    jail = sandbox.open(JailSpec("numpy", "learner", "learner", LIMITS, duty="receive"))
    try:
        with pytest.raises(SandboxFault, match="could not be locked down"):
            Cell(jail, "x = 1\n")
    finally:
        jail.close()
