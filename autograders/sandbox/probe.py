"""Proof that a jail holds, taken at every start: a probe tries to get out and must fail at each try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograders.sandbox.jail import Jail
from autograders.sandbox.limits import JailLimits, JailSpec, JailStopped, SandboxUnavailable
from autograders.sandbox.pool import Kind
from autograders.wire import Frame, WireError, decode, encode

PROBE = """
import os, socket


def attempt(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__
    return "it was possible"


def late_import():
    import cmath
    import numpy.ma
    import wave

    return bool(numpy.ma and wave and cmath)


def probe():
    # The other way round: what a learner needs late must be found, however the folders lie.
    late_import()
    return {
        "start a process": attempt(os.fork),
        "run a program": attempt(lambda: os.execv("/bin/true", ["true"])),
        "open a network socket": attempt(lambda: socket.socket(socket.AF_INET)),
        "open a local socket": attempt(lambda: socket.socket(socket.AF_UNIX)),
        # Files that everybody on the host may read, so that only the jail can stand in the way.
        "read a file of the host": attempt(lambda: open("/etc/hosts").read()),
        "list the host's devices": attempt(lambda: os.listdir("/sys")),
        "list the host's processes": attempt(lambda: os.listdir("/proc")),
        "write outside its scratch": attempt(lambda: open("/usr/probe", "w")),
        "signal another process": attempt(lambda: os.kill(os.getppid() or -1, 0)),
    }
"""


def prove(spawn: Callable[[JailSpec], Jail], kind: Kind) -> None:
    """Fork a jail, try to break out of it; raises SandboxUnavailable naming what was possible."""
    jail = spawn(JailSpec(kind.environment, kind.side, "learner", JailLimits(cpu_s=5, wall_s=20)))
    try:
        _ask(jail, {"op": "load", "files": {"solution.py": PROBE.encode()}})
        answers = _ask(jail, {"op": "call", "target": "probe", "args": [], "kwargs": {}}).get("value", {})
    except (JailStopped, WireError) as error:
        raise SandboxUnavailable(f"the sandbox's self-test failed: {error}") from error
    finally:
        jail.close()
    possible = [what for what, answer in answers.items() if answer == "it was possible"]
    if possible or not answers:
        raise SandboxUnavailable(f"the sandbox does not hold: a jail could {', '.join(possible) or 'not be tested'}")


def _ask(jail: Jail, message: dict[str, Any]) -> dict[str, Any]:
    answer = decode(Frame.from_bytes(jail.ask(encode(message).chunks())))
    if not isinstance(answer, dict):
        raise WireError("the probe gave no answer")
    if isinstance(error := answer.get("error"), dict):
        hint = "; may the users of jails read the interpreter and its packages?" if "Import" in str(error) else ""
        raise WireError(f"{error.get('kind')}: {error.get('message')}{hint}")
    return answer
