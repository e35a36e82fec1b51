"""The dependencies of a service: objects of the author's, whose calls are answered here while the load goes on.

What comes over the line was written by a learner's process: it is bounded, decoded by the wire's own
decoder and checked before a method is called. A service that calls more often than its share is stopped,
since answering takes time from the generator of the load.
"""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from autograders.judge.callbacks import FOR_THE_SOLUTION, GraderError, are_options, holds_handle, plain_kind
from autograders.judge.proxies import SolutionStopped
from autograders.judge.services.faults import Faults
from autograders.judge.services.reactor import Reactor
from autograders.wire import Frame, WireError, WireLimits, decode, encode
from autograders.wire.frames import PREFIX, parse_prefix

LINE_LIMITS = WireLimits(header_bytes=1 << 16, body_bytes=1 << 20, text_bytes=1 << 18, depth=16, values=20_000)
READ_BYTES = 1 << 16
# With so much on its way to a service that does not read, no more of its calls are taken.
MOST_UNSENT = 4 << 20
CALLS_AT_START, CALLS_PER_REQUEST = 10_000, 100
UNREADABLE = "stopped because it called a dependency in a way that could not be read"
MOST_IN_FLIGHT = 2_048


def methods_of(dependencies: Mapping[str, Any]) -> dict[str, dict[str, Callable[..., Any]]]:
    """The public methods of each dependency; raises GraderError where there is none, or a name is no keyword."""
    found = {}
    for name, thing in dependencies.items():
        if not (isinstance(name, str) and name.isidentifier()):
            raise GraderError(f"dependencies: {name!r} is no name that a factory could take as keyword")
        names = [each for each in dir(type(thing)) if not each.startswith("_")]
        found[name] = {each: getattr(thing, each) for each in names if inspect.isroutine(getattr(thing, each))}
        if not found[name]:
            raise GraderError(f"dependencies: {name} ({type(thing).__name__}) has no public method")
        if slow := [each for each, method in found[name].items() if inspect.iscoroutinefunction(method)]:
            raise GraderError(f"dependencies: {name}.{slow[0]} must be a plain function; the service awaits it anyway")
    return found


class Dependencies:
    """Answers one service's calls over its line."""

    def __init__(self, fd: int, methods: Mapping[str, Mapping[str, Callable[..., Any]]], faults: Faults) -> None:
        self.fd, self.methods, self.faults = fd, methods, faults
        self.reactor: Reactor | None = None
        self.calls, self.allowed, self.in_flight = 0, CALLS_AT_START, 0
        self._received = bytearray()
        self._unsent = bytearray()

    def attach(self, reactor: Reactor) -> None:
        """Begin to answer."""
        self.reactor = reactor
        os.set_blocking(self.fd, False)
        reactor.readers[self.fd] = self._readable

    def allow(self, requests: int) -> None:
        """So many requests are about to be sent: the service may call for them."""
        self.allowed += requests * CALLS_PER_REQUEST

    def close(self) -> None:
        """Answer no more."""
        if self.reactor is not None:
            self.reactor.forget(self.fd)
            self.reactor = None
            os.close(self.fd)

    def _readable(self) -> None:
        assert self.reactor is not None
        try:
            data = os.read(self.fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.reactor.forget(self.fd)
            return
        self._received += data
        try:
            while (asked := self._take()) is not None:
                self._answer(asked)
        except WireError:
            raise SolutionStopped(UNREADABLE) from None
        if len(self._unsent) > MOST_UNSENT:
            self.reactor.readers.pop(self.fd)

    def _take(self) -> dict[str, Any] | None:
        """The next whole call among the bytes received, checked."""
        if len(self._received) < PREFIX.size:
            return None
        header, body = parse_prefix(self._received, LINE_LIMITS)
        size = PREFIX.size + header + body
        if len(self._received) < size:
            return None
        asked = decode(Frame.from_bytes(bytes(self._received[:size]), LINE_LIMITS), LINE_LIMITS)
        del self._received[:size]
        if not _is_call(asked):
            raise SolutionStopped(UNREADABLE)
        return dict(asked)

    def _answer(self, asked: dict[str, Any]) -> None:
        assert self.reactor is not None
        self.calls += 1
        self.in_flight += 1
        if self.calls > self.allowed or self.in_flight > MOST_IN_FLIGHT:
            raise SolutionStopped(
                f"stopped after {self.calls:,} calls of its dependencies, {self.in_flight:,} of them at once: at most "
                f"{CALLS_PER_REQUEST} for each request are answered, and {MOST_IN_FLIGHT:,} at once"
            )
        effect = self.faults.effect_on(asked["name"])
        if effect.seconds:
            self.reactor.at(time.monotonic() + effect.seconds, lambda: self._send(asked, self._outcome(asked)))
        else:
            self._send(asked, self._outcome(asked))

    def _outcome(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What a call comes to under the faults of the moment it is answered in."""
        name, method = asked["name"], asked["method"]
        function = self.methods.get(name, {}).get(method)
        if function is None:
            return {"error": "AttributeError", "message": "there is no such dependency or method"}
        effect = self.faults.effect_on(name)
        if effect.dead:
            return {"error": "ConnectionError", "message": f"the dependency {name} does not answer"}
        try:
            value = function(*asked["args"], **asked["kwargs"])
        except FOR_THE_SOLUTION as error:
            # Without its words: they could hold what is hidden.
            return {"error": plain_kind(error), "message": f"{name}.{method} raised {type(error).__name__}"}
        except AssertionError:
            raise
        except Exception as error:
            raise GraderError(f"the dependency's {name}.{method} raised {type(error).__name__}: {error}") from error
        for transform in effect.transforms:
            value = transform(value)
        return {"value": value}

    def _send(self, asked: dict[str, Any], outcome: dict[str, Any]) -> None:
        self.in_flight -= 1
        if self.reactor is None:
            return
        try:
            self._unsent += encode({"id": asked["id"], **outcome}, LINE_LIMITS).to_bytes()
        except WireError as error:
            what = f"{asked['name']}.{asked['method']}"
            raise GraderError(f"the dependency's {what} returned what cannot be sent: {error}") from None
        self._flush()

    def _flush(self) -> None:
        assert self.reactor is not None
        try:
            sent = os.write(self.fd, self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.reactor.forget(self.fd)
            return
        del self._unsent[:sent]
        if self._unsent:
            self.reactor.writers[self.fd] = self._flush
        else:
            self.reactor.writers.pop(self.fd, None)
        if len(self._unsent) <= MOST_UNSENT:
            self.reactor.readers[self.fd] = self._readable


def _is_call(asked: Any) -> bool:
    kinds = {"id": int, "name": str, "method": str, "args": list}
    return (
        type(asked) is dict
        and set(asked) == {*kinds, "kwargs"}
        and all(type(asked[name]) is kind for name, kind in kinds.items())
        and are_options(asked["kwargs"])
        and not holds_handle([asked["args"], asked["kwargs"]])
    )
