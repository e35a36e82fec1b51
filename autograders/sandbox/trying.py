"""How a mechanism is tried: in a child that ends at once, whatever it did to itself, and says what became of it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable

MOST_SECONDS = 10


class Missing(Exception):
    """The mechanism is not there, or does not hold."""


class Partly(Exception):
    """It is there with a restriction."""


class Unneeded(Exception):
    """It is not there, and this user can do without."""


def try_one(action: Callable[[], str]) -> tuple[str, str]:
    """Do it in a child; gives the state and what there is to say."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(MOST_SECONDS)
        os.write(writing, json.dumps(_state_of(action)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        said = file.read()
    _, status = os.waitpid(pid, 0)
    if not said:
        return "no", f"the try ended with status {os.waitstatus_to_exitcode(status)}"
    state, detail = json.loads(said)
    return state, detail


def _state_of(action: Callable[[], str]) -> tuple[str, str]:
    try:
        return "yes", action()
    except (Partly, Unneeded) as reason:
        return type(reason).__name__.lower(), str(reason)
    except BaseException as error:  # noqa: BLE001 - whatever a kernel answers is the finding
        return "no", str(error) or type(error).__name__


def answer(action: Callable[[], str]) -> str:
    """What a further child says of it, as if said here."""
    state, detail = try_one(action)
    if state != "yes":
        raise Missing(detail)
    return detail


def beside(work: Callable[[], object], look: Callable[[int], str]) -> str:
    """Look at another process while it works."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, b"!")
        work()
        os._exit(0)
    try:
        os.read(reading, 1)
        time.sleep(0.01)
        return look(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def must(holds: bool, otherwise: str) -> str:
    """Raise Missing with these words where something does not hold."""
    if not holds:
        raise Missing(otherwise)
    return ""
