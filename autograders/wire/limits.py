"""Bounds on what may cross the wall, checked before memory is taken."""

from __future__ import annotations

from dataclasses import dataclass


class WireError(ValueError):
    """A value or frame breaks a rule of the wire; the text is a sentence that says which."""


@dataclass(frozen=True)
class WireLimits:
    """Bounds of one frame: bytes of header, body and long texts, levels of nesting, values, and the size of one."""

    header_bytes: int = 4 << 20
    body_bytes: int = 256 << 20
    text_bytes: int = 32 << 20  # of long texts together: one character of four bytes makes Python take four for each
    depth: int = 64
    values: int = 1_000_000
    integer_bits: int = 14_280  # what Python still prints: int() and str() stop at 4,300 digits
    dimensions: int = 32
    item_bytes: int = 1 << 20  # of one text in an array
    sparse_side: int = 1 << 24  # a sparse matrix may become an array as long as its side, whatever it holds

    def check_values(self, count: int) -> None:
        """Raise WireError where a frame would hold more values than it may."""
        if count > self.values:
            raise WireError(f"the value holds more than {self.values:,} items; return an array instead")

    def decoding_bytes(self, header: int, body: int) -> int:
        """What decoding a frame of such lengths may take at most, beside the frame itself.

        A copy of the body and two that a library makes of it, texts widened fourfold, and for each value
        what the largest of the small ones takes: an empty set, its place in a list and what is noted of it.
        """
        values = min(self.values, 16 * header + body // 8)
        return (1 << 20) + 3 * body + 4 * min(body, self.text_bytes) + 8 * header + 400 * values


DEFAULT = WireLimits()
