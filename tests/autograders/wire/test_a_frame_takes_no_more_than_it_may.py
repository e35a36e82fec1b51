"""What decoding costs: memory within the stated bound, and comparisons within theirs, whatever the frame."""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest

from autograders.wire import Frame, WireError, WireLimits, decode, decoder, encode
from tests.autograders.wire.raw import frame, one

LIMITS = WireLimits(header_bytes=1 << 20, body_bytes=1 << 22, text_bytes=1 << 21, values=60_000)


def many(tag: str, count: int, *leaves: Any) -> Frame:
    """A list of that many values, each made of the same leaves."""
    size = len(leaves)
    return frame([*[(size, tag, size)] * count, (0, "l", count)], *leaves * count)


def wide(text: str) -> Frame:
    data = text.encode()
    return one("U", len(data), body=data + bytes(-len(data) % 16))


HUNGRY = {
    "empty sets": lambda: many("s", 60_000),
    "empty dictionaries": lambda: many("d", 60_000),
    "sets of one": lambda: many("s", 30_000, 1),
    "dictionaries of one": lambda: many("d", 20_000, 300, 300),
    "arrays of nothing": lambda: many("a", 10_000, "<f8", "C", 0),
    "arrays of no dimension and no size": lambda: many("a", 12_000, "|S0", "C"),
    "handles": lambda: many("h", 9_000, 2**40, "object", "x"),
    "a set of all": lambda: one("s", *range(1_000, 61_000)),
    "a dictionary of all": lambda: one("d", *range(1_000, 61_000)),
    "short texts": lambda: one("l", *["Ā"] * 60_000),
    "a tower of frozen sets": lambda: many("f", 60_000),
    "text with one wide letter at its end": lambda: wide("a" * ((1 << 21) - 4) + "\U0001f600"),
    "long bytes": lambda: one("B", 1 << 22, body=bytes(1 << 22)),
    "a packed list": lambda: one("L", "<f8", 59_998, body=bytes(8 * 59_998)),
    "an array of texts": lambda: one("a", "<U16384", "C", 64, body=bytes(1 << 22)),
    "arrays that promise what is not there": lambda: Frame(b"\xdd\x00\x00\xea\x60" * 2_000, []),
    "a text that promises what is not there": lambda: Frame(b"\x92\x00\xdb\xff\xff\xff\xff" + bytes(600), []),
}


@pytest.mark.parametrize("name", HUNGRY)
def test_the_hungriest_frames_stay_within_their_bound(name: str) -> None:
    made = Frame.from_bytes(HUNGRY[name]().to_bytes(), LIMITS)
    decode(one("l", 1))
    tracemalloc.start()
    try:
        # Held until the memory has been read: the peak includes what is given back.
        value: Any = decode(made, LIMITS)
    except WireError as error:
        value = error
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= LIMITS.decoding_bytes(len(made.header), made.body_bytes)
    assert value is not None


IN_A_SMALL_PROCESS = """
import resource
from pathlib import Path
from autograders.wire import Frame, WireError, decode
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20),) * 2)
bombs = [
    b"\\xdd\\x00\\x0f\\x42\\x40" * 500,
    b"\\xdd\\x00\\x00\\x00\\x01" + b"\\xdd\\x00\\x0f\\x42\\x40" * 500,
    b"\\xdc\\xff\\xff" * 30,
    b"\\xdd\\x00\\x0f\\x42\\x40" + b"\\x90" * 1_000_000,
]
for header in bombs:
    try:
        print(decode(Frame(header, [])))
    except WireError as error:
        print("refused" if "MemoryError" not in str(error) else error)
"""


def test_headers_that_promise_long_arrays_get_no_memory_for_them() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_SMALL_PROCESS], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["refused"] * 4, done.stderr


def test_many_members_of_one_hash_are_refused_before_they_cost_their_square() -> None:
    # {-1, -2}: the two numbers of one hash, so all these tuples have one.
    members = list(itertools.islice(itertools.product((-1, -2), repeat=13), 5_000))
    assert len(set(map(hash, members))) == 1
    leaves = [number for member in members for number in member]
    for tag, size in (("s", 5_000), ("f", 5_000), ("d", 10_000)):
        steps = [*[(13, "t", 13)] * 5_000, (5_000 if tag == "d" else 0, tag, size)]
        values = leaves + [None] * 5_000 if tag == "d" else leaves
        with pytest.raises(WireError, match="same hash"):
            decode(frame(steps, *values), dataclasses.replace(LIMITS, values=100_000))


def test_members_of_one_hash_cannot_hide_behind_honest_ones() -> None:
    members = [*range(30_000), *itertools.islice(itertools.product((-1, -2), repeat=12), 2_000)]
    alike = [number for member in members[30_000:] if isinstance(member, tuple) for number in member]
    steps = [*[(12, "t", 12)] * 2_000, (30_000, "s", 32_000)]
    with pytest.raises(WireError, match="same hash"):
        decode(frame(steps, *alike, *range(30_000)), LIMITS)


def test_nested_sets_of_one_hash_cannot_multiply_their_comparisons() -> None:
    """Each level holds all eight pairs of one hash: comparing two such towers is eight times eight at each."""

    def tower(levels: int) -> frozenset[Any]:
        made: Any = frozenset(itertools.product((-1, -2), repeat=3))
        for _ in range(levels):
            made = frozenset((made, pair) for pair in itertools.product((-1, -2), repeat=3))
        return frozenset([made])

    assert decode(encode(tower(1))) == tower(1)
    with pytest.raises(WireError, match="same hash"):
        decode(encode(tower(3)), LIMITS)


def test_honest_sets_with_some_members_of_one_hash_are_read() -> None:
    lattice = set(itertools.product(range(-5, 6), repeat=4))
    assert max(np.unique([hash(point) for point in lattice], return_counts=True)[1]) == 16
    assert decode(encode(lattice)) == lattice
    assert decode(encode({-1: "a", -2: "b"})) == {-1: "a", -2: "b"}


def test_members_that_stand_in_each_others_way_run_out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(decode(one("s", *range(2_000)))) == 2_000
    clock = itertools.count(step=10)
    monkeypatch.setattr(decoder, "thread_time", lambda: float(next(clock)))
    for made in (one("s", *range(2_000)), one("d", *range(4_000))):
        with pytest.raises(WireError, match="too long to build"):
            decode(made)
    assert len(decode(one("s", *range(500)))) == 500


def test_lists_of_tiny_frames_of_a_library_are_counted_for_what_they_take() -> None:
    pytest.importorskip("scipy.sparse")
    leaves = ["csr", 0, 0, *["<f8", "C", 0], *["<i4", "C", 0], *["<i4", "C", 1]]
    steps = [(6, "a", 3), (3, "a", 3), (3, "a", 3), (0, "S", 6)]

    def matrices(count: int) -> Frame:
        return frame([*steps * count, (0, "l", count)], *leaves * count, body=bytes(16 * count))

    assert len(decode(matrices(50), LIMITS)) == 50
    with pytest.raises(WireError, match="items"):
        decode(matrices(100), LIMITS)
