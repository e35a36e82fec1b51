"""Bounds on what may cross the wall, checked before memory is taken."""

from __future__ import annotations

from dataclasses import dataclass


class WireError(ValueError):
    """A value or frame breaks a rule of the wire; the text is a sentence that says which."""


@dataclass(frozen=True)
class WireLimits:
    """Bounds of one frame: bytes of header and body, levels of nesting, values, digits of an integer."""

    header_bytes: int = 4 << 20
    body_bytes: int = 256 << 20
    depth: int = 64
    values: int = 1_000_000
    integer_bits: int = 1 << 16
    dimensions: int = 32


DEFAULT = WireLimits()
