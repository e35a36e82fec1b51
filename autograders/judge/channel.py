"""The judge's one line to the engine: it asks for jails, calls, clocks, and tells what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograders.wire import Frame, Handle, WireError, decode, encode, read_frame, write_frame


class EngineGone(Exception):
    """The engine closed the line: there is nobody left to judge for."""


@dataclass(frozen=True)
class Stopped:
    """A jail was ended by a limit: which, and the sentence that says so."""

    limit: str
    text: str


class Channel:
    """Requests to the engine, one at a time over one descriptor."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def receive(self) -> Any:
        """The next message; raises EngineGone."""
        frame = read_frame(self.fd)
        if frame is None:
            raise EngineGone
        # An answer out of a jail is split and copied once, by `unwrap`.
        return decode(frame, views=True)

    def send(self, message: dict[str, Any]) -> None:
        """Send a request; its answer is the next message."""
        write_frame(self.fd, encode(message))

    def request(self, op: str, **fields: Any) -> dict[str, Any]:
        """Ask the engine for something; gives its answer."""
        self.send({"op": op, **fields})
        answer = self.receive()
        assert isinstance(answer, dict)
        return answer

    def ask(self, jail: str, message: dict[str, Any], keep: Callable[[Any], Handle] | None = None) -> Any | Stopped:
        """Send a request into a jail; gives the decoded answer, or Stopped. `keep` stands in for what cannot cross."""
        answer = self.request("ask", jail=jail, frame=encode(message, keep=keep).to_bytes())
        return unwrap(answer)


def unwrap(answer: dict[str, Any]) -> Any | Stopped:
    """The jail's answer inside the engine's; decoded here, where a malformed one can do no harm."""
    if "stopped" in answer:
        return Stopped(*answer["stopped"])
    try:
        return decode(Frame.from_bytes(answer["reply"]))
    except WireError as error:
        return Stopped("protocol", f"stopped because its answer could not be read: {error}")
