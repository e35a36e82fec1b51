"""The connections to one service: a request goes out on the first that is free, or waits until one is.

Connections are made by the engine, which hands over their client ends. One that was closed, or on which
something went wrong, is replaced.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from autograders.judge.proxies import SolutionStopped
from autograders.judge.services.http import Answer, Parser, Request, Unreadable
from autograders.judge.services.line import Engine
from autograders.judge.services.reactor import Reactor

READ_BYTES = 1 << 16
RETRY_SECONDS = 0.05
NO_CONNECTION = "the service takes no connection"


@dataclass(eq=False)
class Pending:
    """One request on its way. Times are of `time.monotonic`, in seconds; `intended` is when it was to be sent."""

    request: Request
    data: bytes
    intended: float
    answered: Callable[[Pending], None]
    waited: bool = False  # for a free connection
    sent: float = 0.0
    ended: float = 0.0
    answer: Answer | None = None
    error: str = ""

    @property
    def over(self) -> bool:
        """Whether it was answered or given up."""
        return self.ended > 0


@dataclass(eq=False)
class Connection:
    """One client end."""

    fd: int
    pending: Pending | None = None
    parser: Parser | None = None
    unsent: memoryview = field(default_factory=lambda: memoryview(b""))
    used: bool = False


class Pool:
    """Sends requests to one service and takes its answers, within one reactor."""

    def __init__(self, engine: Engine, reactor: Reactor, jail: str, size: int) -> None:
        self.engine, self.reactor, self.jail, self.size = engine, reactor, jail, size
        self.free: deque[Connection] = deque()
        self.all: set[Connection] = set()
        self.queue: deque[Pending] = deque()
        self.expected = 0
        self.closed = False
        self.reconnected = 0
        self.unasked = 0  # times that bytes came which no request had asked for

    def open(self) -> None:
        """Make the connections; raises SolutionStopped where the service takes none."""
        self._connect(self.size)
        self.reactor.run(lambda: self.expected == 0)
        if not self.all:
            raise SolutionStopped(f"stopped: {NO_CONNECTION}")

    def send(self, pending: Pending) -> None:
        """Send a request now, or when a connection is free."""
        if self.free:
            self._send(self.free.popleft(), pending)
        else:
            pending.waited = True
            self.queue.append(pending)

    def give_up(self, pending: Pending, error: str) -> None:
        """End a request without an answer; its connection is replaced, since the answer may still come on it."""
        if pending.over:
            return
        for connection in self.all:
            if connection.pending is pending:
                self._finish(connection, None, error)
                return
        self._end(pending, None, error)

    def close(self) -> None:
        """Close all connections."""
        self.closed = True
        for connection in list(self.all):
            self._drop(connection)
        self.free.clear()
        self.queue.clear()

    def _connect(self, count: int) -> None:
        self.expected += count
        self.engine.ask(lambda answer: self._connected(count, answer), "connect", jail=self.jail, count=count)

    def _connected(self, count: int, answer: dict[str, object]) -> None:
        self.expected -= count
        fds = self.engine.receive(int(str(answer["connected"])))
        if self.closed:
            for fd in fds:
                os.close(fd)
            return
        for fd in fds:
            connection = Connection(fd)
            self.all.add(connection)
            self.reactor.readers[fd] = lambda connection=connection: self._readable(connection)  # type: ignore[misc]
            self._next(connection)
        if len(fds) < count:
            self.reactor.at(time.monotonic() + RETRY_SECONDS, self._replace)

    def _replace(self) -> None:
        missing = self.size - len(self.all) - self.expected
        if missing > 0 and not self.closed:
            self.reconnected += missing
            self._connect(missing)

    def _next(self, connection: Connection) -> None:
        """A connection is free: the request that has waited longest has it."""
        while self.queue:
            pending = self.queue.popleft()
            if not pending.over:
                self._send(connection, pending)
                return
        self.free.append(connection)

    def _send(self, connection: Connection, pending: Pending) -> None:
        connection.pending, connection.parser = pending, Parser(pending.request.method)
        connection.unsent = memoryview(pending.data)
        pending.sent = time.monotonic()
        self._write(connection)

    def _write(self, connection: Connection) -> None:
        try:
            count = os.write(connection.fd, connection.unsent)
        except BlockingIOError:
            count = 0
        except OSError:
            self._finish(connection, None, "the connection was closed")
            return
        connection.unsent = connection.unsent[count:]
        if connection.unsent:
            self.reactor.writers[connection.fd] = lambda: self._write(connection)
        else:
            self.reactor.writers.pop(connection.fd, None)

    def _readable(self, connection: Connection) -> None:
        try:
            data = os.read(connection.fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        parser = connection.parser
        if parser is None:
            self.unasked += bool(data)
            self._drop(connection)
            self._replace()
            return
        try:
            answer = parser.feed(data) if data else parser.end()
        except Unreadable as error:
            self._finish(connection, None, str(error))
            return
        if answer is not None and connection.unsent:
            self._finish(connection, None, "the answer came before the request was read")
        elif answer is not None:
            self._finish(connection, answer, "")

    def _finish(self, connection: Connection, answer: Answer | None, error: str) -> None:
        pending, parser = connection.pending, connection.parser
        assert pending is not None
        connection.pending = connection.parser = None
        reusable = answer is not None and parser is not None and parser.keeps_alive
        self._end(pending, answer, error)
        if reusable:
            self._next(connection)
        else:
            self._drop(connection)
            self._replace()

    def _end(self, pending: Pending, answer: Answer | None, error: str) -> None:
        pending.ended = time.monotonic()
        pending.answer, pending.error = answer, error
        pending.answered(pending)

    def _drop(self, connection: Connection) -> None:
        if connection in self.all:
            self.all.remove(connection)
            self.reactor.forget(connection.fd)
            os.close(connection.fd)
        if connection in self.free:
            self.free.remove(connection)
