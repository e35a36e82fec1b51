"""Frames for the fuzzer: honest ones of every type, and what a forger would make of them."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np

from autograders.wire import Frame, Handle, encode
from autograders.wire.frames import PREFIX

POOL = 600
LEAVES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, 3, 7, 16, 80, 255, 4_096, 65_536, -1, -2, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1),
    *(-(2**63), 0.0, -0.0, 1.5, 1e308, float("nan"), float("inf"), "", "a", "é", "\U0001f600", "\0", b"", b"\xff" * 9),
    *("C", "F", "A", "<f8", "<f4", "<f2", "<f16", "<i8", "<i4", "<i1", "|b1", "|u1", "<U1", "<U3", "<U0", "|S0", "|S5"),
    *("<M8", "<M8[D]", "<M8[0s]", "<m8[25us]", "<M8[ns]", "|O", "|V8", ">f8", "f8,i4", "(2,)f8", "<U999999", "<c16"),
    *("csr", "csc", "coo", "bsr", "object", "function", "generator", "module", "f" * 17, "-1" + "0" * 40, "0x1", "1_0"),
)
TAGS = [ord(tag) for tag in "ltsfdcIBULagTSPh"]


def honest_values() -> list[Any]:
    """One value or more of every type that may cross, of the libraries that are installed here."""
    numbers = np.arange(12)
    values: list[Any] = [
        {"value": [1, 2.5, "text", b"bytes", None, True, -(2**63), 2**100, 1 + 2j]},
        {"op": "call", "handle": 3, "target": "fit", "args": [numbers, numbers % 2 == 0], "kwargs": {"steps": 3}},
        {"labels": numbers, "centres": np.asfortranarray(np.ones((3, 2), np.float32)), "none": np.zeros((0, 3))},
        [list(range(30)), [0.5] * 20, (1, (2, {3, 4}), ()), frozenset({"a", ("b", frozenset({1, -1, -2}))}), set()],
        {"text": "é" * 700 + "\U0001f600", "blob": bytes(1_100), "empty": [[], {}, "", b""]},
        [np.float64(1.5), np.bool_(True), np.datetime64("2026-01-02", "s"), np.timedelta64(5, "ms"), np.str_("é")],
        [np.array(["a", "é"]), np.array([b"a", b"bc"]), np.zeros(2, "<U0"), np.array(["2026-01-02"], "M8[D]")],
        [np.complex64(1j), np.arange(4, dtype=np.float16).reshape(2, 2), np.array(3), np.ones((1, 2, 1, 2), np.uint8)],
        {(1, 2): {"a": {(3,): [Handle(1, "object", "Model"), Handle(2, "generator", "generator")]}}, 0.5: None},
        [{-1, -2, 2**61 - 2, (-1, -2), (-2, -1)}, {float(i): str(i) for i in range(20)}, "x", 7],
    ]
    return values + _of_libraries()


def _of_libraries() -> list[Any]:
    makers: dict[str, Callable[[Any], Any]] = {
        "scipy.sparse": lambda sparse: [
            sparse.coo_array(np.eye(4)).asformat(layout) for layout in ("csr", "csc", "coo")
        ],
        "torch": lambda torch: [torch.arange(6.0).reshape(2, 3).T, torch.tensor(True), torch.tensor([1, 2])],
        "pandas": lambda pandas: pandas.DataFrame({"a": [1.0, 2.0], "b": ["x", None], 3: [True, False]}),
    }
    made = []
    for name, make in makers.items():
        try:
            made.append(make(importlib.import_module(name)))
        except ImportError:
            continue
    return made


def honest_frames() -> list[bytes]:
    """The frames of these values and, for what a whole hides, of each of their parts."""
    values = honest_values()
    parts = [part for value in values if type(value) is list for part in value]
    return [encode(value, keep=_itself).to_bytes() for value in values + parts]


def _itself(value: Handle) -> Handle:
    return value


class Mutator:
    """An endless row of frames, the same for the same seed and the same answers to `keep`."""

    def __init__(self, seed: int, frames: list[bytes]) -> None:
        self.random = random.Random(seed)
        self.frames = list(frames)
        self.rewrites = (self.flip, self.lie, *[self.reheader] * 4, *[self.rerow] * 12, *[self.splice] * 2)

    def keep(self, frame: bytes) -> None:
        """Build upon this frame too: it led somewhere new."""
        if len(self.frames) < POOL:
            self.frames.append(frame)
        else:
            self.frames[self.random.randrange(POOL)] = frame

    def make(self) -> bytes:
        """The next frame."""
        frame = self.random.choice(self.frames)
        return self.random.choice(self.rewrites)(frame)

    def flip(self, frame: bytes) -> bytes:
        """Bytes overwritten, left out or doubled anywhere."""
        data = bytearray(frame)
        for _ in range(self.random.randint(1, 4)):
            if not data:
                break
            at = self.random.randrange(len(data))
            match self.random.randrange(4):
                case 0:
                    data[at] ^= 1 << self.random.randrange(8)
                case 1:
                    data[at] = self.random.randrange(256)
                case 2:
                    del data[at : at + self.random.randint(1, 8)]
                case _:
                    data[at:at] = data[at : at + self.random.randint(1, 8)]
        return bytes(data)

    def lie(self, frame: bytes) -> bytes:
        """Lengths in the prefix that are not those of header and body."""
        header, body = _split(frame)
        claim = self.random.choice((0, 1, 15, len(header) - 1, len(header) + 1, 2**31, 2**32 - 1))
        other = self.random.choice((len(body), 0, len(body) + 1, 2**63, 2**64 - 1))
        return PREFIX.pack(b"CPW1", max(0, claim), other) + header + body

    def reheader(self, frame: bytes) -> bytes:
        """Damage inside header or body, with the lengths put right."""
        header, body = _split(frame)
        if body and self.random.random() < 0.5:
            return _join(header, self.flip(body))
        return _join(self.flip(header), body)

    def rerow(self, frame: bytes) -> bytes:
        """A header that msgpack reads, with other steps, tags or leaves."""
        header, body = _split(frame)
        row = _row(header)
        if row is None:
            return self.flip(frame)
        for _ in range(self.random.randint(1, 3)):
            self.edit(row)
        if self.random.random() < 0.2:
            body = self.resized(body)
        return _join(_packed(row), body)

    def edit(self, row: list[Any]) -> None:
        """One change: a number, a tag or a leaf exchanged, moved, doubled or gone."""
        if not row:
            row.append(0)
        at = self.random.randrange(len(row))
        match self.random.randrange(7):
            case 0 | 1:
                row[at] = self.random.choice(LEAVES)
            case 2:
                row[at] = self.random.choice(TAGS)
            case 3 if type(row[at]) is int:
                row[at] = max(-(2**63), min(2**64 - 1, row[at] + self.random.choice((-2, -1, 1, 2, 16))))
            case 4:
                del row[at]
            case 5:
                row.insert(at, self.random.choice(row))
            case _:
                other = self.random.randrange(len(row))
                row[at], row[other] = row[other], row[at]

    def splice(self, frame: bytes) -> bytes:
        """Two headers' steps and leaves together, as one list of both values or cut anywhere."""
        (first, body), (second, more) = _split(frame), _split(self.random.choice(self.frames))
        a, b = _row(first), _row(second)
        if not a or not b or type(a[0]) is not int or type(b[0]) is not int:
            return self.flip(frame)
        tag = self.random.choice(TAGS)
        ends = 1 + 3 * a[0], 1 + 3 * b[0]
        row = [a[0] + b[0] + 1, *a[1 : ends[0]], *b[1 : ends[1]], 0, tag, 2, *a[ends[0] :], *b[ends[1] :]]
        return _join(_packed(row), body + bytes(-len(body) % 16) + more)

    def resized(self, body: bytes) -> bytes:
        """A body of another length."""
        return body[: self.random.randrange(len(body) + 1)] + bytes(self.random.choice((0, 1, 15, 16, 64)))


def _split(frame: bytes) -> tuple[bytes, bytes]:
    if len(frame) < PREFIX.size:
        return frame, b""
    _, header, _ = PREFIX.unpack_from(frame)
    return frame[PREFIX.size : PREFIX.size + header], frame[PREFIX.size + header :]


def _join(header: bytes, body: bytes) -> bytes:
    return Frame(header, [body]).to_bytes()


def _row(header: bytes) -> list[Any] | None:
    """The header's items, where it is a flat row of fair length."""
    try:
        row = msgpack.unpackb(header, max_array_len=5_000, max_map_len=0, max_ext_len=0, strict_map_key=False)
    except (ValueError, msgpack.exceptions.UnpackException):
        return None
    return row if type(row) is list and not {list, dict} & set(map(type, row)) else None


def _packed(row: list[Any]) -> bytes:
    packed: bytes = msgpack.packb(row)
    return packed
