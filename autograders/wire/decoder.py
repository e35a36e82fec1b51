"""Frames -> values, for bytes made by anybody. Decoding makes plain copies of a closed list of types.

The header is one msgpack array of numbers and texts with nothing nested in it: a count of steps,
the steps, the leaves. A step (taken, tag, size) puts that many further leaves on a stack and replaces
the topmost `size` items by one value. So nothing here recurses, and every number that asks for
memory has paid for it with bytes of its own. The tags:

    l t s f   list, tuple, set, frozenset: items          d  dictionary: keys, then values
    c         complex: real, imaginary                    I  large integer: hexadecimal
    B U       long bytes or text in the body: size        L  list of one float or int type: dtype, length
    a         numpy array: dtype, order, shape            g  numpy scalar: dtype
    T         torch tensor: array                         S  sparse matrix: format, two sides, three arrays
    P         pandas frame: names, columns, index         h  handle on what stays behind: number, kind, class name
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from time import thread_time
from typing import Any, NoReturn, TypeVar

import msgpack
import numpy as np

from autograders.wire.arrays import check_content, checked_dtype, checked_shape
from autograders.wire.frames import Frame
from autograders.wire.libraries import LIBRARY_ERRORS, make_sparse, make_table, make_tensor
from autograders.wire.limits import DEFAULT, WireError, WireLimits
from autograders.wire.tags import ALIGNMENT, COLUMN_WEIGHT, PACKED_DTYPES, WEIGHTS, Handle, short_text

Made = TypeVar("Made", set[Any], dict[Any, Any])
HEXADECIMAL = re.compile(r"-?[1-9a-f][0-9a-f]*")
# A header of at most this size cannot ask for much, and is read in one go.
SMALL_HEADER = 512
_TEXTS = frozenset((str, bytes))
_NUMBERS = frozenset((int,))
HANDLE_KINDS = ("object", "function", "generator")
# Comparisons that members of one hash may cost, for each value that a frame may hold.
COMPARISONS = 64
# Members of a set are put in by this many; between, the time is looked at.
BATCH = 512
BASE_SECONDS, SECONDS_AN_ITEM = 0.5, 5e-6


def decode(frame: Frame, limits: WireLimits = DEFAULT, *, views: bool = False) -> Any:
    """Decode a frame made by anybody; raises WireError on whatever breaks a rule or bound.

    With `views`, for one who only passes messages on, long bytes are views of the frame, and
    objects of libraries are refused.
    """
    body = memoryview(frame.body[0] if len(frame.body) == 1 else b"".join(frame.body)).cast("B")
    if len(frame.header) > limits.header_bytes or len(body) > limits.body_bytes:
        raise WireError("the frame is larger than the wire allows")
    decoder = _Decoder(limits, body, views)
    value = decoder.build(_header(frame.header, limits))
    if decoder.used != len(body):
        raise WireError("the frame carries data that nothing refers to")
    return value


def _header(header: bytes | bytearray, limits: WireLimits) -> list[Any]:
    """The numbers and texts of a header; anything nested is refused before it takes memory."""
    try:
        row = _small_row(header) if len(header) <= SMALL_HEADER else _long_row(header, limits)
    except (ValueError, MemoryError, msgpack.exceptions.UnpackException) as error:
        raise WireError(f"the frame's header is not readable: {type(error).__name__}") from None
    if not row:
        raise WireError("the frame's header is empty")
    return row


def _small_row(header: bytes | bytearray) -> list[Any]:
    row = msgpack.unpackb(header, max_array_len=SMALL_HEADER, **NO_OTHER_TYPES)
    if type(row) is not list or list in set(map(type, row)):
        raise ValueError("a header is one row")
    return row


def _long_row(header: bytes | bytearray, limits: WireLimits) -> list[Any]:
    """The row item by item: msgpack would take memory for each nested array, as long as it says it is."""
    mark = 1 + {0xDC: 2, 0xDD: 4}.get(header[0], 0)
    items = len(header) - mark
    unpacker = msgpack.Unpacker(
        max_buffer_size=items, read_size=items, max_array_len=0, list_hook=_refuse, **NO_OTHER_TYPES
    )
    unpacker.feed(memoryview(header)[mark:])
    row = list(islice(unpacker, 4 * limits.values + 6))
    # An array of up to 15 items says how many in its first byte, 0x90 and more.
    promised = int.from_bytes(header[1:mark], "big") if mark > 1 else header[0] - 0x90
    if unpacker.tell() != items or len(row) != promised or (mark == 1 and promised > 15):
        raise ValueError("a header is one row")
    return row


def _refuse(*anything: object) -> NoReturn:
    raise ValueError("a header holds nothing but numbers and texts")


NO_OTHER_TYPES: dict[str, Any] = {
    "max_map_len": 0,
    "max_ext_len": 0,
    "object_hook": _refuse,
    "ext_hook": _refuse,
}


def _steps(row: list[Any]) -> list[int]:
    count = row[0]
    if type(count) is not int or not 0 <= 3 * count < len(row):
        raise WireError("the frame's header has another number of steps than it says")
    steps = row[1 : 1 + 3 * count]
    if count and (not _NUMBERS.issuperset(map(type, steps))):
        raise WireError("the frame's header has a step that is not made of numbers")
    return steps


class _Decoder:
    def __init__(self, limits: WireLimits, body: memoryview, views: bool) -> None:
        self.limits, self.body, self.views = limits, body, views
        self.used = self.values = self.text_bytes = self.comparisons = 0
        self.cost = 0  # of comparing the value under construction with one that equals it

    def build(self, row: list[Any]) -> Any:
        """Carry out the steps at the row's head on the leaves behind them; gives the one value that is left."""
        steps = _steps(row)
        at, end = 1 + len(steps), len(row)
        stack: list[Any] = []
        marks: list[tuple[int, int, int]] = []  # built values on the stack: place, height, cost of comparing
        limits, methods, numbers = self.limits, self.METHODS, iter(steps)
        try:
            for taken, tag, size in zip(numbers, numbers, numbers, strict=True):
                height, cost = 1, size
                if taken == size:
                    items = row[at : at + taken]
                else:
                    stack += row[at : at + taken]
                    items = stack[-size:] if size else []
                    del stack[len(stack) - size :]
                    while marks and marks[-1][0] >= len(stack):
                        _, inner, more = marks.pop()
                        height, cost = max(height, inner + 1), cost + more
                at += taken
                if len(items) != size or taken < 0 or at > end:
                    raise WireError("the frame's header has a step for values that it does not hold")
                method, weight = methods[tag]
                self.values += size + weight
                self.cost = cost
                if height > limits.depth or self.values > limits.values:
                    self.refuse(height)
                stack.append(method(self, items))
                marks.append((len(stack) - 1, height, self.cost))
        except WireError:
            raise
        except LIBRARY_ERRORS as error:
            if tag not in methods:
                raise WireError(f"the frame holds an unknown tag {tag}") from None
            raise WireError(f"the frame holds a malformed {chr(tag)!r}: {type(error).__name__}") from None
        stack += row[at:]
        if len(stack) != 1:
            raise WireError("the frame's header does not add up to one value")
        return stack[0]

    def refuse(self, height: int) -> None:
        self.limits.check_values(self.values)
        raise WireError(f"the value is nested more than {self.limits.depth} levels deep")

    def count(self, n: int) -> None:
        self.values += n
        self.limits.check_values(self.values)

    def take(self, size: Any) -> memoryview:
        if type(size) is not int or size < 0 or size > len(self.body) - self.used:
            raise WireError("the frame refers to more data than it carries")
        start, self.used = self.used, min(len(self.body), self.used + size + -size % ALIGNMENT)
        return self.body[start : start + size]

    def sequence(self, items: list[Any]) -> list[Any]:
        return items

    def to_tuple(self, items: list[Any]) -> tuple[Any, ...]:
        return tuple(items)

    def members(self, items: list[Any]) -> set[Any]:
        self.look_at_hashes(items)
        made = set(items) if len(items) <= BATCH else _fill(set[Any](), items)
        if len(made) != len(items):
            raise WireError("a set holds an item twice")
        return made

    def frozen(self, items: list[Any]) -> frozenset[Any]:
        return frozenset(self.members(items))

    def mapping(self, items: list[Any]) -> dict[Any, Any]:
        half = len(items) // 2
        keys = items[:half]
        self.look_at_hashes(keys)
        pairs = zip(keys, items[half:], strict=False)
        made = dict(pairs) if half <= BATCH else _fill(dict[Any, Any](), list(pairs))
        if 2 * len(made) != len(items):
            raise WireError("a dictionary holds a key twice, or one without a value")
        return made

    def look_at_hashes(self, items: list[Any]) -> None:
        """Bound what equal hashes cost: members of one hash are compared with each other, each by all it holds."""
        if _TEXTS.issuperset(map(type, items)):
            return  # whose hashes nobody can choose
        if len(items) <= BATCH and len(set(map(hash, items))) == len(items):
            return
        # Sorted, not counted in a dictionary, which is the very thing that is under attack.
        hashes = np.sort(np.fromiter(map(hash, items), np.int64, len(items)))
        changes = np.flatnonzero(np.diff(hashes)) + 1
        most = int(np.diff(changes, prepend=0, append=len(hashes)).max())
        self.comparisons += (most - 1) * self.cost
        self.cost *= most
        if self.comparisons > COMPARISONS * self.limits.values:
            raise WireError("a set or dictionary holds too many items of the same hash")

    def complex_number(self, items: list[Any]) -> complex:
        real, imaginary = items
        if type(real) is not float or type(imaginary) is not float:
            raise WireError("the frame holds a complex number without two floats")
        return complex(real, imaginary)

    def large_integer(self, items: list[Any]) -> int:
        (text,) = items
        if type(text) is not str or len(text) > self.limits.integer_bits // 4 + 2 or not HEXADECIMAL.fullmatch(text):
            raise WireError(f"an integer is malformed or has more than {self.limits.integer_bits:,} bits")
        value = int(text, 16)
        if value.bit_length() > self.limits.integer_bits:
            raise WireError(f"an integer has more than {self.limits.integer_bits:,} bits")
        return value

    def long_bytes(self, items: list[Any]) -> bytes | memoryview:
        (size,) = items
        data = self.take(size)
        return data if self.views else bytes(data)

    def long_text(self, items: list[Any]) -> str:
        (size,) = items
        data = self.take(size)
        self.text_bytes += size
        if self.text_bytes > self.limits.text_bytes:
            raise WireError(f"the value has more than {self.limits.text_bytes:,} bytes of text")
        return str(data, "utf-8")

    def packed_list(self, items: list[Any]) -> list[Any]:
        dtype, length = items
        if type(dtype) is not str or dtype not in PACKED_DTYPES or type(length) is not int or length < 0:
            raise WireError("the frame holds a malformed list of numbers")
        self.count(length)
        values: list[Any] = np.frombuffer(self.take(8 * length), dtype).tolist()
        return values

    def array(self, items: list[Any]) -> np.ndarray[Any, Any]:
        dtype, order, *shape = items
        kind = checked_dtype(dtype, self.limits.item_bytes)
        if order != "C" and order != "F":
            raise WireError("an array has an unknown memory order")
        data = self.take(checked_shape(shape, kind, self.limits) * kind.itemsize)
        check_content(kind, data)
        return np.ndarray(tuple(shape), kind, data if len(data) else bytearray(), order=order)

    def scalar(self, items: list[Any]) -> Any:
        (dtype,) = items
        return self.array([dtype, "C"])[()]

    def tensor(self, items: list[Any]) -> Any:
        self.not_passed_on()
        (array,) = items
        return make_tensor(array)

    def sparse(self, items: list[Any]) -> Any:
        self.not_passed_on()
        layout, rows, columns, *parts = items
        return make_sparse(layout, [rows, columns], parts, self.limits)

    def table(self, items: list[Any]) -> Any:
        self.not_passed_on()
        names, columns, index = items
        for column in (*columns, index):
            # A text in a frame becomes an object of its own, which takes more than its letters.
            texts = column.size if type(column) is np.ndarray and column.dtype.kind in "SU" else 0
            self.count(texts + COLUMN_WEIGHT)
        return make_table(names, columns, index)

    def not_passed_on(self) -> None:
        if self.views:
            raise WireError("the message holds an object of a library, which has no business there")

    def handle(self, items: list[Any]) -> Handle:
        number, kind, class_name = items
        if type(number) is not int or number < 0 or type(kind) is not str or kind not in HANDLE_KINDS:
            raise WireError("the frame holds a malformed handle")
        return Handle(number, kind, short_text(class_name))

    # By the tag's number: what makes the value, and as how many more values it counts.
    METHODS: dict[int, tuple[Callable[..., Any], int]] = {
        ord(tag): (method, WEIGHTS.get(tag, 0))
        for tag, method in {
            "l": sequence,
            "t": to_tuple,
            "s": members,
            "f": frozen,
            "d": mapping,
            "c": complex_number,
            "I": large_integer,
            "B": long_bytes,
            "U": long_text,
            "L": packed_list,
            "a": array,
            "g": scalar,
            "T": tensor,
            "S": sparse,
            "P": table,
            "h": handle,
        }.items()
    }


def _fill(made: Made, entries: list[Any]) -> Made:
    """Put the entries in, as long as it takes no more time than it may.

    Numbers can be chosen so that each new one must walk past all the others although no two hashes
    are equal; only the time tells.
    """
    until = thread_time() + BASE_SECONDS + SECONDS_AN_ITEM * len(entries)
    for start in range(0, len(entries), BATCH):
        made.update(entries[start : start + BATCH])
        if thread_time() > until:
            raise WireError("a set or dictionary takes too long to build: its items stand in each other's way")
    return made
