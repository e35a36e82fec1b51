"""Runs the learner's ASGI application on the socket that the jail was handed, and leads to its dependencies.

The application answers in a thread of its own; the agent's wire stays free for questions. A dependency
is an object of the grader's: each call of it is a frame with a number over the second descriptor, several
may be on their way at once, and the answers come in any order.
"""

from __future__ import annotations

import builtins
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograders.learner.given import GivenObject
from autograders.wire import Frame, WireError, WireLimits, decode, encode
from autograders.wire.frames import PREFIX, parse_prefix

if TYPE_CHECKING:
    import asyncio

LISTENER_FD, DEPENDENCY_FD = 4, 5
# As the environment imported them, before any rule of a problem for the learner's code puts something in their place.
UVICORN: Any = sys.modules.get("uvicorn")
ASYNCIO: Any = sys.modules.get("asyncio")
MOST_LOGGED, LOGGED_CHARACTERS = 5, 2_000
MOST_IN_FLIGHT = 1_024
KEEP_ALIVE_SECONDS = 3_600
# What one call of a dependency may carry, either way.
LINE_LIMITS = WireLimits(header_bytes=1 << 16, body_bytes=1 << 20, text_bytes=1 << 18, depth=16, values=20_000)
OTHER_LOOP = "a dependency can be called from the event loop that serves your application, and from no other"
TOO_MANY = f"more than {MOST_IN_FLIGHT:,} calls of dependencies are waiting for their answers"
HUNG_UP = "the dependency does not answer any more"


class NotServed(Exception):
    """The application did not start; the text says why."""


class Line:
    """Carries calls of dependencies, several at once, and gives each its answer."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.count = 0
        self.waiting: dict[int, asyncio.Future[Any]] = {}
        self.opening: asyncio.Task[asyncio.StreamWriter] | None = None
        self.reading: asyncio.Task[None] | None = None

    def dependency(self, name: str, methods: Sequence[str]) -> GivenObject:
        """What the application gets for one dependency: its methods, each to be awaited."""
        return GivenObject(name, {method: self._method(name, method) for method in methods})

    def _method(self, name: str, method: str) -> Callable[..., Any]:
        async def call(*arguments: Any, **options: Any) -> Any:
            return await self.call(name, method, list(arguments), options)

        call.__name__ = call.__qualname__ = method
        return call

    async def call(self, name: str, method: str, arguments: list[Any], options: dict[str, Any]) -> Any:
        """Ask for one call; gives what the method returned or raises what it raised."""
        loop = ASYNCIO.get_running_loop()
        if self.opening is None:
            self.opening = loop.create_task(self._open())
        if self.opening.get_loop() is not loop:
            raise RuntimeError(OTHER_LOOP)
        writer: asyncio.StreamWriter = await ASYNCIO.shield(self.opening)
        if len(self.waiting) >= MOST_IN_FLIGHT:
            raise RuntimeError(TOO_MANY)
        self.count += 1
        number, answer = self.count, loop.create_future()
        asked = {"id": number, "name": name, "method": method, "args": arguments, "kwargs": options}
        try:
            frame = encode(asked, LINE_LIMITS)
        except WireError as error:
            raise TypeError(f"an argument for a dependency: {error}") from None
        self.waiting[number] = answer
        try:
            writer.write(frame.to_bytes())
            await writer.drain()
            reply = await answer
        finally:
            self.waiting.pop(number, None)
        if "error" in reply:
            raise getattr(builtins, reply["error"])(reply["message"])
        return reply["value"]

    async def _open(self) -> asyncio.StreamWriter:
        reader: asyncio.StreamReader
        writer: asyncio.StreamWriter
        reader, writer = await ASYNCIO.open_unix_connection(sock=socket.socket(fileno=self.fd))
        self.reading = ASYNCIO.get_running_loop().create_task(self._read(reader))
        return writer

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                header, body = parse_prefix(await reader.readexactly(PREFIX.size), LINE_LIMITS)
                frame = Frame(await reader.readexactly(header), [bytearray(await reader.readexactly(body))])
                reply = decode(frame, LINE_LIMITS)
                answer = self.waiting.get(reply["id"])
                if answer is not None and not answer.done():
                    answer.set_result(reply)
        except (ASYNCIO.IncompleteReadError, OSError):
            for answer in self.waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError(HUNG_UP))


class FirstRecords(logging.Handler):
    """Prints the first few records: a service under load that logs each error would run into its output limit."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record, unless there were enough."""
        if len(self.texts) < MOST_LOGGED:
            self.texts.append(text := self.format(record).strip()[-LOGGED_CHARACTERS:])
            print(text, file=sys.stderr)


class Service:
    """One application, served until the process ends."""

    def __init__(self, application: Any) -> None:
        if UVICORN is None:
            raise NotServed("the application did not start: this environment has no uvicorn")
        self.log = FirstRecords()
        logger = logging.getLogger("uvicorn.error")
        logger.addHandler(self.log)
        logger.propagate = False
        config = UVICORN.Config(
            application,
            loop="asyncio",
            http="h11",
            ws="none",
            log_config=None,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        self.server = UVICORN.Server(config)
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name="service", daemon=True)

    def start(self) -> None:
        """Begin to serve; raises NotServed where the application does not start."""
        self.thread.start()
        while not self.server.started and self.thread.is_alive():
            time.sleep(0.002)
        if not self.server.started:
            raise NotServed(self._why())

    def _run(self) -> None:
        # Later Pythons gather what they write by a call that could carry descriptors, which no jail may make.
        vars(ASYNCIO.selector_events)["_HAS_SENDMSG"] = False
        try:
            ASYNCIO.run(self.server.serve(sockets=[socket.socket(fileno=LISTENER_FD)]))
        except BaseException as error:  # noqa: BLE001 - whatever the application raised is told, not lost in a thread
            self.error = error
        if self.server.started:
            os._exit(1)  # a service that has ended is not to be waited for

    def _why(self) -> str:
        """The last line of what was logged first, which is the exception's, or else what was raised."""
        lines = [text.splitlines()[-1] for text in self.log.texts if text]
        raised = f"{type(self.error).__name__}: {self.error}" if self.error is not None else "it ended at once"
        return f"the application did not start: {lines[0] if lines else raised}"


def build(module: Any, entry: str, dependencies: Mapping[str, Sequence[str]], *, factory: bool) -> Any:
    """The application: an object of the module, or what its factory makes when given the dependencies by keyword."""
    found = module
    for name in entry.split("."):
        found = getattr(found, name)
    if not factory:
        return found
    line = Line(DEPENDENCY_FD)
    return found(**{name: line.dependency(name, methods) for name, methods in dependencies.items()})
