"""Frames written by hand, as a forger would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgpack

from autograders.wire import Frame

Step = tuple[int, str, int]


def frame(steps: Sequence[Step], *leaves: Any, body: bytes = b"") -> Frame:
    """A frame of these steps (leaves taken, tag, size) and leaves, whatever they say."""
    numbers = [number for taken, tag, size in steps for number in (taken, ord(tag), size)]
    return Frame(msgpack.packb([len(steps), *numbers, *leaves]), [bytearray(body)])


def one(tag: str, *leaves: Any, body: bytes = b"") -> Frame:
    """A frame of one value made of these leaves."""
    return frame([(len(leaves), tag, len(leaves))], *leaves, body=body)
