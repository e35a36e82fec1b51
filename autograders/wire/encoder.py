"""Values -> frames, for a closed list of types; whatever else there is stays behind a handle or is refused with advice.

The header's format stands in `decoder`.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from enum import Enum
from typing import Any, cast

import msgpack
import numpy as np

from autograders.wire.arrays import array_bytes, plain_array
from autograders.wire.frames import Frame
from autograders.wire.libraries import sparse_parts, table_parts, tensor_array
from autograders.wire.limits import DEFAULT, WireError, WireLimits
from autograders.wire.tags import ALIGNMENT, COLUMN_WEIGHT, WEIGHTS, Handle

INLINE_BYTES = 1_024
PACKED_LENGTH = 16
LEAST, MOST = -(2**63), 2**63 - 1
LEAVES = frozenset((type(None), bool, float))
SEQUENCE_TAGS: dict[type, str] = {list: "l", tuple: "t", set: "s", frozenset: "f"}
# Everyday containers of the standard library, and the plain one that each crosses the wall as.
PLAIN_FORMS: dict[type, Callable[[Any], Any]] = {
    OrderedDict: dict,
    defaultdict: dict,
    Counter: dict,
    deque: list,
    range: list,
    type({}.keys()): list,
    type({}.values()): list,
    type({}.items()): list,
}
# What a member of an IntEnum or StrEnum is. Of other classes that extend a number nobody knows how they differ from it.
PLAIN_MEMBERS: dict[type, Callable[[Any], Any]] = {int: int.__int__, float: float.__float__, str: str.__str__}
# What would be kept behind a handle, where nobody could compare it.
INSTEAD = {
    ("decimal", "Decimal"): "return float(...) of it",
    ("fractions", "Fraction"): "return float(...) of it, or its numerator and denominator",
    ("datetime", "datetime"): "return numpy.datetime64(...) of it, or its isoformat()",
    ("datetime", "date"): "return numpy.datetime64(...) of it, or its isoformat()",
    ("datetime", "time"): "return its isoformat()",
    ("datetime", "timedelta"): "return its total_seconds()",
    ("pandas", "Series"): "return its to_numpy() or to_frame()",
    ("pandas", "Index"): "return its to_numpy()",
    ("pandas", "Timestamp"): "use a column of datetime64 without a time zone",
    ("pandas", "NAType"): "use None or nan for what is missing",
    ("pandas", "NaTType"): "use None or nan for what is missing",
}


def encode(value: Any, limits: WireLimits = DEFAULT, keep: Callable[[Any], Handle] | None = None) -> Frame:
    """Encode a value; `keep` is asked for a handle on an object of no listed type.

    Raises WireError naming the type or bound that stands in the way.
    """
    encoder = _Encoder(limits, keep)
    encoder.tree(value, 0)
    header = encoder.header()
    if len(header) > limits.header_bytes:
        raise WireError(
            f"the value has {len(header):,} bytes of structure, more than the {limits.header_bytes:,} allowed"
        )
    return Frame(header, encoder.body)


class _Encoder:
    def __init__(self, limits: WireLimits, keep: Callable[[Any], Handle] | None) -> None:
        self.limits, self.keep = limits, keep
        self.steps: list[int] = []
        self.leaves: list[Any] = []
        self.body: list[bytes | bytearray | memoryview] = []
        self.taken = self.body_bytes = self.text_bytes = self.values = 0

    def header(self) -> bytes:
        """Steps and leaves as one row."""
        row = [len(self.steps) // 3, *self.steps, *self.leaves]
        try:
            return cast(bytes, msgpack.packb(row))
        except UnicodeEncodeError:
            raise _lone_surrogates() from None

    def count(self, n: int) -> None:
        self.values += n
        self.limits.check_values(self.values)

    def step(self, tag: str, size: int) -> None:
        """Make one value of the last `size` items; they have been counted."""
        self.steps += (len(self.leaves) - self.taken, ord(tag), size)
        self.taken = len(self.leaves)

    def leaf(self, tag: str, *items: Any) -> None:
        """One value made of leaves alone."""
        self.count(len(items) + WEIGHTS.get(tag, 0))
        self.leaves += items
        self.step(tag, len(items))

    def tree(self, value: Any, depth: int) -> None:
        kind = type(value)
        if kind in LEAVES or (kind is int and LEAST <= value <= MOST):
            self.leaves.append(value)
        elif kind is str or kind is bytes:
            self.string(value)
        elif depth >= self.limits.depth:
            raise WireError(f"the value is nested more than {self.limits.depth} levels deep")
        elif kind in SEQUENCE_TAGS:
            self.sequence(value, kind, depth)
        elif kind is dict:
            self.count(2 * len(value))
            self.items(value.keys(), depth)
            self.items(value.values(), depth)
            self.step("d", 2 * len(value))
        elif kind is int:
            self.large_integer(value)
        elif kind is complex:
            self.leaf("c", value.real, value.imag)
        elif kind in PLAIN_FORMS:
            self.limits.check_values(_length(value))
            self.tree(PLAIN_FORMS[kind](value), depth)
        else:
            self.other(value, depth)

    def items(self, items: Collection[Any], depth: int) -> None:
        """Encode each; at one blow where all are numbers or short texts."""
        if len(items) >= PACKED_LENGTH and _are_leaves(items):
            self.leaves += items
            return
        for item in items:
            if type(item) in LEAVES:
                self.leaves.append(item)
            else:
                self.tree(item, depth + 1)

    def sequence(self, value: Collection[Any], kind: type, depth: int) -> None:
        if type(value) is list and len(value) >= PACKED_LENGTH and self.packed(value):
            return
        self.count(len(value))
        self.items(value, depth)
        self.step(SEQUENCE_TAGS[kind], len(value))

    def packed(self, value: list[Any]) -> bool:
        """Encode a list of floats alone or of integers alone; tells whether it was one."""
        kinds = set(map(type, value))
        if kinds == {float}:
            dtype = "<f8"
        elif kinds == {int} and min(value) >= LEAST and max(value) <= MOST:
            dtype = "<i8"
        else:
            return False
        self.count(len(value))
        self.add(np.array(value, dtype).tobytes())
        self.leaf("L", dtype, len(value))
        return True

    def large_integer(self, value: int) -> None:
        if value.bit_length() > self.limits.integer_bits:
            raise WireError(f"an integer has more than {self.limits.integer_bits:,} bits")
        self.leaf("I", f"{value:x}")

    def string(self, value: str | bytes) -> None:
        if len(value) <= INLINE_BYTES:
            self.leaves.append(value)
        elif isinstance(value, bytes):
            self.long_bytes(value)
        else:
            try:
                data = value.encode()
            except UnicodeEncodeError:
                raise _lone_surrogates() from None
            self.text_bytes += len(data)
            if self.text_bytes > self.limits.text_bytes:
                raise WireError(f"the value has more than {self.limits.text_bytes:,} bytes of text")
            self.add(data)
            self.leaf("U", len(data))

    def long_bytes(self, data: bytes | bytearray | memoryview) -> None:
        self.add(data)
        self.leaf("B", len(data))

    def add(self, data: bytes | bytearray | memoryview) -> None:
        self.body_bytes += len(data)
        if self.body_bytes > self.limits.body_bytes:
            raise WireError(f"the value has more than the {self.limits.body_bytes:,} bytes of data allowed")
        self.body.append(data)
        if padding := -len(data) % ALIGNMENT:
            self.body.append(bytes(padding))
            self.body_bytes += padding

    def other(self, value: Any, depth: int) -> None:
        if isinstance(value, np.generic):
            _, name, _ = self.array(np.asarray(value))
            self.leaf("g", name)
        elif isinstance(value, np.ndarray):
            array, name, order = self.array(value)
            self.leaf("a", name, order, *array.shape)
        elif type(value) is memoryview:
            self.long_bytes(value.cast("B") if value.c_contiguous and value.nbytes else value.tobytes())
        elif type(value) is bytearray:
            self.long_bytes(value)
        elif isinstance(value, tuple) and hasattr(value, "_fields"):
            self.sequence(tuple(value), tuple, depth)
        elif not self.of_a_library(value, depth):
            self.other_class(value, depth)

    def array(self, value: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], str, str]:
        plain = plain_array(value, self.limits)
        if plain[0].nbytes:
            self.add(array_bytes(plain[0]))
        return plain

    def of_a_library(self, value: Any, depth: int) -> bool:
        """Encode an object of torch, scipy or pandas; tells whether it was one."""
        name, package = type(value).__name__, _package(value)
        if package == "torch" and name in ("Tensor", "Parameter"):
            self.parts("T", [tensor_array(value)], depth)
        elif package == "torch" and name == "Size":
            self.sequence(tuple(value), tuple, depth)
        elif package == "scipy" and type(getattr(value, "format", None)) is str and hasattr(value, "tocsr"):
            layout, shape, arrays = sparse_parts(value)
            self.parts("S", [layout, *shape, *arrays], depth)
        elif package == "pandas" and name == "DataFrame":
            names, columns, index = table_parts(value)
            for column in (*columns, index):
                texts = column.size if isinstance(column, np.ndarray) and column.dtype.kind in "SU" else 0
                self.count(texts + COLUMN_WEIGHT)
            self.parts("P", [names, columns, index], depth)
        else:
            return False
        return True

    def parts(self, tag: str, parts: Sequence[Any], depth: int) -> None:
        self.count(len(parts) + WEIGHTS[tag])
        for part in parts:
            self.tree(part, depth + 1)
        self.step(tag, len(parts))

    def other_class(self, value: Any, depth: int) -> None:
        """A class that somebody wrote: a number or text by a name of its own, or an object that stays behind."""
        advice = INSTEAD.get((_package(value), type(value).__name__))
        if advice:
            raise WireError(f"a value of type {type(value).__name__} cannot cross the wall: {advice}")
        for plain, as_plain in PLAIN_MEMBERS.items():
            if isinstance(value, plain) and isinstance(value, Enum):
                return self.tree(as_plain(value), depth)
        if self.keep is None:
            raise WireError(f"a value of type {type(value).__name__} cannot cross the wall")
        handle = self.keep(value)
        return self.leaf("h", handle.number, handle.kind, handle.class_name)


def _are_leaves(items: Collection[Any]) -> bool:
    kinds = set(map(type, items))
    if kinds == {str} or kinds == {bytes}:
        return max(map(len, items)) <= INLINE_BYTES
    return kinds <= LEAVES or (kinds == {int} and min(items) >= LEAST and max(items) <= MOST)


def _length(value: Any) -> int:
    try:
        return len(value)
    except OverflowError:  # a range beyond what Python counts
        return MOST


def _package(value: Any) -> str:
    return str(type(value).__module__).partition(".")[0]


def _lone_surrogates() -> WireError:
    return WireError("a text holds lone surrogates, which are not Unicode")
