"""Requests as bytes and answers out of bytes: as much of HTTP/1.1 (RFC 9112) as a client of one service needs.

The service is a learner's: every length is bounded, and what does not follow the rules is an error of
the service with a sentence that says what was wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from autograders.judge.callbacks import GraderError

HEAD_BYTES = 16 << 10
BODY_BYTES = 1 << 20
MOST_FIELDS = 100
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\Z")
FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*\Z")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]{0,200})?\Z")
LENGTH = re.compile(r"[0-9]{1,10}\Z")
METHOD, TARGET = re.compile(r"[A-Z]{1,20}\Z"), re.compile(r"/[!-~]*\Z")


class Unreadable(Exception):
    """The service's answer breaks a rule or a bound; the text says which."""


@dataclass(frozen=True)
class Request:
    """One request: method, path with query, fields of the head, body. Made by `Get`, `Post`, `Put`, `Delete`."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """As it is sent; raises GraderError for what cannot be."""
        if not METHOD.match(self.method) or not TARGET.match(self.path):
            raise GraderError(f"{self.method} {self.path!r:.100} is no request: a path begins with / and is quoted")
        lines = [f"{self.method} {self.path} HTTP/1.1", "host: service"]
        for name, value in self.headers.items():
            line = f"{name}: {value}".encode("latin-1", "replace")
            if not FIELD.match(line):
                raise GraderError(f"{name!r:.60} with the value {value!r:.60} cannot be a field of a request's head")
            lines.append(line.decode("latin-1"))
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            lines.append(f"content-length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body

    def __str__(self) -> str:
        return f"{self.method} {self.path}"[:120]


def Get(path: str, headers: Mapping[str, str] | None = None) -> Request:  # noqa: N802 - reads as what it makes
    """A GET request."""
    return Request("GET", path, headers or {})


def Delete(path: str, headers: Mapping[str, str] | None = None) -> Request:  # noqa: N802
    """A DELETE request."""
    return Request("DELETE", path, headers or {})


def Post(path: str, json: Any = None, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Request:  # noqa: N802
    """A POST request with a JSON body, or with bytes."""
    return _with_body("POST", path, json, body, headers)


def Put(path: str, json: Any = None, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Request:  # noqa: N802
    """A PUT request with a JSON body, or with bytes."""
    return _with_body("PUT", path, json, body, headers)


def _with_body(method: str, path: str, content: Any, body: bytes, headers: Mapping[str, str] | None) -> Request:
    if content is None:
        return Request(method, path, headers or {}, body)
    if body:
        raise GraderError(f"{method} {path}: give json or body, not both")
    try:
        encoded = json.dumps(content, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise GraderError(f"{method} {path}: its json cannot be written: {error}") from None
    return Request(method, path, {"content-type": "application/json", **(headers or {})}, encoded)


@dataclass
class Answer:
    """What the service answered: status, fields of the head by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; fails the check where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise AssertionError(f"the answer's body is not JSON: {self.text[:200]!r}") from None


class Parser:
    """Takes the bytes of a connection as they come and gives an answer when it is whole."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.data = bytearray()
        self.answer: Answer | None = None
        self.body = bytearray()
        self.keeps_alive = True
        self._wanted: int | None = None  # of the body by length; None for chunks, or for all until the end
        self._chunked = False
        self._trailer = False

    def feed(self, data: bytes) -> Answer | None:
        """More bytes; gives the answer when it is complete. Raises Unreadable."""
        self.data += data
        while self.answer is None:
            if not self._read_head():
                return None
        if self._chunked:
            complete = self._read_chunks()
        else:
            complete = self._read_plain()
        if not complete:
            return None
        if self.data:
            raise Unreadable("more came than one answer")
        self.answer.body = bytes(self.body)
        return self.answer

    def end(self) -> Answer:
        """The service has closed the connection; gives the answer where that was its end. Raises Unreadable."""
        if self.answer is None or self._chunked or self._wanted is not None:
            raise Unreadable("the connection was closed before the answer was complete")
        self.answer.body = bytes(self.body)
        return self.answer

    def _read_head(self) -> bool:
        end = self.data.find(b"\r\n\r\n")
        if end > HEAD_BYTES or (end < 0 and len(self.data) > HEAD_BYTES):
            raise Unreadable(f"the head of the answer has more than {HEAD_BYTES:,} bytes")
        if end < 0:
            return False
        first, *lines = bytes(self.data[:end]).split(b"\r\n")
        del self.data[: end + 4]
        status = STATUS_LINE.match(first)
        if not status:
            raise Unreadable(f"the answer begins with {first[:60]!r}, which is no status line")
        code = int(status[1])
        headers = _read_fields(lines)
        if code < 200:
            if code == 101:
                raise Unreadable("the answer changes to another protocol")
            return True  # informational: the answer itself comes after it
        self._frame(code, headers, first)
        self.answer = Answer(code, headers, b"")
        return True

    def _frame(self, code: int, headers: dict[str, str], first: bytes) -> None:
        self.keeps_alive = "close" not in headers.get("connection", "").lower() and first.startswith(b"HTTP/1.1")
        coding, length = headers.get("transfer-encoding"), headers.get("content-length")
        if coding is not None and (length is not None or coding.lower() != "chunked"):
            raise Unreadable("the answer is framed in a way that cannot be followed")
        self._chunked = coding is not None
        if code in (204, 304) or self.method == "HEAD":
            self._chunked, self._wanted = False, 0
        elif length is not None:
            if not LENGTH.match(length):
                raise Unreadable(f"the answer's content-length is {length[:40]!r}")
            self._wanted = int(length)
            if self._wanted > BODY_BYTES:
                _too_large()
        elif not self._chunked:
            self.keeps_alive = False

    def _read_plain(self) -> bool:
        if self._wanted is None:
            self._take(len(self.data))
            return False
        self._take(min(len(self.data), self._wanted - len(self.body)))
        return len(self.body) == self._wanted

    def _read_chunks(self) -> bool:
        while True:
            if self._wanted:
                # The chunk and the line end behind it.
                part = min(len(self.data), self._wanted - 2)
                if part > 0:
                    self._take(part)
                    self._wanted -= part
                if self._wanted > 2 or len(self.data) < 2:
                    return False
                if self.data[:2] != b"\r\n":
                    raise Unreadable("a chunk of the answer is longer than it says")
                del self.data[:2]
                self._wanted = None
            end = self.data.find(b"\r\n")
            if end < 0:
                if len(self.data) > HEAD_BYTES:
                    raise Unreadable("a chunk of the answer has no length")
                return False
            line = bytes(self.data[:end])
            del self.data[: end + 2]
            if self._trailer:
                if not line:
                    return True
                continue
            size = CHUNK.match(line)
            if not size:
                raise Unreadable(f"a chunk of the answer has the length {line[:40]!r}")
            if int(size[1], 16) == 0:
                self._trailer = True
            else:
                self._wanted = int(size[1], 16) + 2

    def _take(self, count: int) -> None:
        if len(self.body) + count > BODY_BYTES:
            _too_large()
        self.body += self.data[:count]
        del self.data[:count]


def _read_fields(lines: list[bytes]) -> dict[str, str]:
    if len(lines) > MOST_FIELDS:
        raise Unreadable(f"the head of the answer has more than {MOST_FIELDS} fields")
    headers: dict[str, str] = {}
    for line in lines:
        found = FIELD.match(line)
        if not found:
            raise Unreadable(f"the head of the answer holds {line[:60]!r}, which is no field")
        name, value = found[1].decode().lower(), found[2].decode("latin-1")
        if name in headers and name in ("content-length", "transfer-encoding"):
            raise Unreadable(f"the head of the answer has {name} twice")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _too_large() -> NoReturn:
    raise Unreadable(f"the body of the answer has more than {BODY_BYTES:,} bytes")
