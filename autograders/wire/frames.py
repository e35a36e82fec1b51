"""Frames: a fixed prefix with two lengths, a msgpack header, a body of raw buffers.

    magic "CPW1" | header length, uint32 | body length, uint64 | header | body      (big-endian)

The lengths are checked against the limits before a byte of memory is taken for them.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from autograders.wire.limits import DEFAULT, WireError, WireLimits

PREFIX = struct.Struct("!4sIQ")
MAGIC = b"CPW1"


@dataclass(frozen=True)
class Frame:
    """One message: an encoded value tree and the raw buffers it refers to, in order."""

    header: bytes | bytearray
    body: Sequence[bytes | bytearray | memoryview]

    @property
    def body_bytes(self) -> int:
        """Length of the body in bytes."""
        return sum(memoryview(part).nbytes for part in self.body)

    def chunks(self) -> list[bytes | bytearray | memoryview]:
        """The frame as it is written, in pieces, so that large buffers are not copied."""
        return [PREFIX.pack(MAGIC, len(self.header), self.body_bytes), self.header, *self.body]

    def to_bytes(self) -> bytes:
        """The frame as one byte string."""
        return b"".join(self.chunks())

    @classmethod
    def from_bytes(
        cls, data: bytes | bytearray | memoryview, limits: WireLimits = DEFAULT, *, copy: bool = True
    ) -> Frame:
        """Split one whole frame; raises WireError where lengths and data disagree.

        Without `copy` the body stays where it is, for one who does not change what is decoded.
        """
        view = memoryview(data).cast("B")
        if len(view) < PREFIX.size:
            raise WireError("the frame is shorter than its prefix")
        header, body = parse_prefix(view, limits)
        split = PREFIX.size + header
        if len(view) != split + body:
            raise WireError("the frame's length is not what its prefix says")
        # A copy of its own: decoded arrays are views of the body, and must be writable.
        rest = view[split:]
        return cls(bytes(view[PREFIX.size : split]), (bytearray(rest) if copy else rest,))


def parse_prefix(prefix: bytes | bytearray | memoryview, limits: WireLimits = DEFAULT) -> tuple[int, int]:
    """The lengths of header and body in bytes, from a frame's first; raises WireError naming the bound."""
    magic, header, body = PREFIX.unpack_from(prefix)
    if magic != MAGIC:
        raise WireError("these bytes are not a frame")
    if header > limits.header_bytes:
        raise WireError(f"the answer has {header:,} bytes of structure, more than the {limits.header_bytes:,} allowed")
    if body > limits.body_bytes:
        raise WireError(f"the answer has {body:,} bytes of data, more than the {limits.body_bytes:,} allowed")
    return header, body


def read_frame(fd: int, limits: WireLimits = DEFAULT) -> Frame | None:
    """Read one frame from a blocking descriptor; None where the other side has closed."""
    prefix = _read_exactly(fd, PREFIX.size)
    if prefix is None:
        return None
    header_length, body_length = parse_prefix(prefix, limits)
    header = _read_exactly(fd, header_length)
    body = _read_exactly(fd, body_length)
    if header is None or body is None:
        raise WireError("the connection closed inside a frame")
    return Frame(header, [body])


def write_frame(fd: int, frame: Frame) -> None:
    """Write one frame to a blocking descriptor."""
    for chunk in frame.chunks():
        view = memoryview(chunk).cast("B")
        while view:
            view = view[os.write(fd, view) :]


def _read_exactly(fd: int, size: int) -> bytearray | None:
    """`size` bytes, or None where the stream ends before them."""
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = os.readv(fd, [view])
        if count == 0:
            return None
        view = view[count:]
    return data
