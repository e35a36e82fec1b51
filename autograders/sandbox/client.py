"""The supervisor's side of a zygote: asks it to fork, measure and end jails."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from typing import Any

from autograders.sandbox.environments import engine_digest
from autograders.sandbox.jail import Jail, Usage
from autograders.sandbox.limits import JailSpec, SandboxFault, SandboxUnavailable

ANSWER_SECONDS = 20.0
MESSAGE_BYTES = 1 << 16


class ZygoteClient:
    """One control socket to one zygote; safe to use from several threads."""

    def __init__(self, control: socket.socket, ready_seconds: float) -> None:
        self.control = control
        self.lock = threading.Lock()
        self.alive = True
        self.suspect = False
        self.spawned = 0
        self.living = 0
        control.settimeout(ready_seconds)
        try:
            hello = json.loads(control.recv(MESSAGE_BYTES) or b"{}")
        except (OSError, ValueError) as error:
            raise SandboxUnavailable(f"the sandbox did not start: {error}") from error
        if "ready" not in hello:
            raise SandboxUnavailable(f"the sandbox did not start: {hello.get('error', 'it closed its socket')}")
        if hello.get("engine") != engine_digest():
            raise SandboxUnavailable(
                "the sandbox runs another version of the engine: build its image again (make image), "
                "or start the worker anew"
            )
        self.facts: dict[str, Any] = hello["facts"]
        control.settimeout(ANSWER_SECONDS)

    def spawn(self, spec: JailSpec) -> Jail:
        """Fork a jail; raises SandboxFault where the zygote cannot."""
        ours, theirs = socket.socketpair()
        out_read, out_write = os.pipe()
        try:
            message = {"op": "spawn", "agent": spec.agent, "limits": spec.limits.as_dict(), "core": spec.core}
            message |= {"duty": spec.duty}
            answer = self._ask(message, [theirs.fileno(), out_write, *spec.handed])
        except SandboxFault:
            ours.close()
            os.close(out_read)
            raise
        finally:
            theirs.close()
            os.close(out_write)
        self.spawned += 1
        self.living += 1
        return Jail(self, answer["id"], ours, out_read, spec)

    def usage(self, number: int) -> Usage:
        """What a jail has used so far."""
        answer = self._ask({"op": "usage", "id": number})
        return Usage(answer["cpu_s"], answer["rss_kb"], answer["peak_kb"], answer["waited_s"], answer["scratch_kb"])

    def reset_peak(self, number: int) -> None:
        """Let a jail's peak memory start again."""
        self._ask({"op": "reset_peak", "id": number})

    def end(self, number: int) -> tuple[int, Usage]:
        """Kill and reap a jail; gives its wait status and last usage."""
        self.living -= 1
        answer = self._ask({"op": "end", "id": number})
        # A process that outlived its jail should not be possible: who made it may have done more.
        self.suspect |= answer["left_over"] > 0
        memory = {name: answer[name] for name in ("out_of_memory", "crowded_out")}
        return answer["status"], Usage(answer["cpu_s"], 0, answer["peak_kb"], 0.0, **memory)

    def close(self) -> None:
        """Hang up: the zygote ends and the kernel ends its jails."""
        self.alive = False
        with contextlib.suppress(OSError):
            self.control.close()

    def _ask(self, message: dict[str, Any], descriptors: list[int] | None = None) -> dict[str, Any]:
        with self.lock:
            try:
                socket.send_fds(self.control, [json.dumps(message).encode()], descriptors or [])
                answer = json.loads(self.control.recv(MESSAGE_BYTES) or b'{"error": "it ended"}')
            except (OSError, ValueError) as error:
                self.alive = False
                raise SandboxFault(f"the sandbox's zygote does not answer: {error}") from error
        if "error" in answer:
            self.alive = self.alive and answer["error"] != "it ended"
            raise SandboxFault(f"the sandbox's zygote failed at {message['op']}: {answer['error']}")
        return dict(answer)
