"""The judge's lines while a service runs: to the engine without waiting for it, and descriptors from it."""

from __future__ import annotations

import contextlib
import os
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from autograders.judge.callbacks import GraderError
from autograders.judge.channel import Channel
from autograders.judge.proxies import SolutionError, SolutionStopped
from autograders.judge.services.reactor import Reactor

DESCRIPTORS_FD = 4
MOST_AT_ONCE = 64
Then = Callable[[dict[str, Any]], None]


class Engine:
    """Asks the engine while the reactor goes on: a load is not to stop for it, nor a dependency's answer."""

    def __init__(self, channel: Channel, reactor: Reactor) -> None:
        self.channel, self.reactor = channel, reactor
        self._waiting: deque[tuple[Then, dict[str, Any]]] = deque()
        self._asked: Then | None = None
        self._descriptors = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, fileno=os.dup(DESCRIPTORS_FD))

    def ask(self, then: Then, op: str, **fields: Any) -> None:
        """Ask; `then` is called with the answer when it has come."""
        self._waiting.append((then, {"op": op, **fields}))
        self._next()

    def request(self, op: str, **fields: Any) -> dict[str, Any]:
        """Ask and wait; what else there is to do is done meanwhile."""
        answers: list[dict[str, Any]] = []
        self.ask(answers.append, op, **fields)
        self.reactor.run(lambda: bool(answers))
        return answers[0]

    def settle(self) -> None:
        """Wait for what was asked, so that the channel may be used in the ordinary way again."""
        self._waiting.clear()
        if self._asked is not None:
            # Whoever closes a service wants to hear no more of how it went.
            with contextlib.suppress(SolutionError, SolutionStopped, GraderError):
                self.reactor.run(lambda: self._asked is None)

    def receive(self, count: int) -> list[int]:
        """So many descriptors that the engine has sent; they do not block."""
        found: list[int] = []
        while len(found) < count:
            _, taken, flags, _ = socket.recv_fds(self._descriptors, 1, MOST_AT_ONCE)
            if not taken or flags & socket.MSG_CTRUNC:
                raise GraderError("the engine's connections did not arrive: too many are open")
            found += taken
        for fd in found:
            os.set_blocking(fd, False)
        return found

    def close(self) -> None:
        """Give the descriptor back."""
        self._descriptors.close()

    def _next(self) -> None:
        if self._asked is None and self._waiting:
            self._asked, message = self._waiting.popleft()
            self.channel.send(message)
            self.reactor.readers[self.channel.fd] = self._answered

    def _answered(self) -> None:
        then, self._asked = self._asked, None
        self.reactor.forget(self.channel.fd)
        answer = self.channel.receive()
        self._next()
        if then is not None:
            then(answer)
