"""Bytes from anybody: the decoder answers each with a value or a WireError, and with nothing else."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograders.bench.mutations import Mutator, honest_frames
from autograders.wire import Frame, WireError, WireLimits, decode, encode, read_frame, write_frame
from tests.autograders.wire.raw import frame, one

# Small, so that a frame which asks for too much is found out by its demand and not by the host's memory.
LIMITS = WireLimits(header_bytes=1 << 16, body_bytes=1 << 16, values=1_000)
HONEST = [
    {"value": [1, 2.5, "text", b"bytes", None, True]},
    {"labels": np.arange(7), "centres": np.asfortranarray(np.ones((3, 2), np.float32))},
    [list(range(30)), [0.5] * 20, (1, (2, {3})), frozenset({"a"}), 2**100, 1 + 2j],
    {"text": "é" * 2_000, "blob": bytes(3_000), "scalar": np.float64(1.5), "when": np.datetime64("2026-01-02", "s")},
]
TAGS = "ltsfdcIBULagTSPh"


def outcome(data: bytes) -> Any:
    """The decoded value, or the WireError; anything else that is raised fails the test."""
    try:
        return decode(Frame.from_bytes(data, LIMITS), LIMITS)
    except WireError as error:
        return error


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
@example(b"")
@example(b"CPW1" + bytes(12))
def test_random_bytes(data: bytes) -> None:
    outcome(data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=64))
def test_random_headers_and_bodies(header: bytes, body: bytes) -> None:
    outcome(Frame(header, [body]).to_bytes())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(range(len(HONEST))), st.data())
def test_honest_frames_with_bytes_changed(which: int, data: st.DataObject) -> None:
    frame = bytearray(encode(HONEST[which]).to_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    outcome(bytes(frame))


@pytest.mark.parametrize("which", range(len(HONEST)))
def test_honest_frames_cut_short_anywhere(which: int) -> None:
    frame = encode(HONEST[which]).to_bytes()
    for length in {*range(min(200, len(frame))), *range(0, len(frame), 97)}:
        assert isinstance(outcome(frame[:length]), WireError)
    assert isinstance(outcome(frame + b"\0"), WireError)


junk = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=12)
    | st.binary(max_size=8)
)
steps = st.lists(
    st.tuples(st.integers(-1, 6), st.sampled_from(TAGS).map(ord) | st.integers(0, 300), st.integers(-1, 6)), max_size=6
)
words = st.sampled_from(["<f8", "<i8", "|S0", "|O", "<U1", "<f4", "csr", "C", "F", "object", "(1,2", "f8,("])


@settings(max_examples=300, deadline=None)
@given(steps, st.lists(junk | words, max_size=12), st.binary(max_size=64))
def test_steps_and_leaves_of_plausible_nonsense(
    made: list[tuple[int, int, int]], leaves: list[Any], body: bytes
) -> None:
    row = [len(made), *(number for step in made for number in step), *leaves]
    outcome(Frame(msgpack.packb(row), [body]).to_bytes())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TAGS), st.lists(junk | words | st.sampled_from([[], [1]]), max_size=5), st.binary(max_size=64))
def test_a_tag_on_items_that_do_not_suit_it(tag: str, leaves: list[Any], body: bytes) -> None:
    outcome(one(tag, *leaves, body=body).to_bytes())


@cache
def frames() -> list[bytes]:
    return honest_frames()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_frames_changed_as_a_forger_would(seed: int) -> None:
    mutator = Mutator(seed, frames())
    for _ in range(20):
        outcome(mutator.make())


@pytest.mark.parametrize(
    ("tag", "leaves", "body"),
    [
        ("a", ["|S0", "C", 2**40], b""),
        ("a", ["<U0", "C", 2**31, 2**31], b""),
        ("a", ["|O", "C", 1], bytes(16)),
        ("a", ["<f8", "C", 2**62, 4], b""),
        ("a", ["<f8", "C", 0, 2**40], b""),
        ("a", ["<f8", "C", -1], b""),
        ("a", ["<f8", "C", True], bytes(16)),
        ("a", ["<f8", "A", 2], bytes(16)),
        ("a", ["<f8", "C", *[1] * 40], bytes(16)),
        ("a", ["|S9999999", "C", 0], b""),
        ("a", ["(1,2", "C", 1], bytes(16)),
        ("a", [">f8", "C", 1], bytes(16)),
        ("a", ["<f16", "C", 1], bytes(16)),
        ("a", ["<M8", "C", 1], bytes(16)),
        ("a", ["<M8[0s]", "C", 1], bytes(16)),
        ("a", ["<U1", "C", 1], b"\x00\xd8\x00\x00" + bytes(12)),
        ("a", ["|b1", "C", 2], b"\x01\x02" + bytes(14)),
        ("g", ["<U1"], b"\xff\xff\xff\x7f" + bytes(12)),
        ("g", ["<f8", "C", 2], bytes(16)),
        ("L", ["<f8", -(2**60)], b""),
        ("L", ["<f8", True], bytes(16)),
        ("L", ["<f4", 2], bytes(16)),
        ("I", ["-" + "f" * 10 + "_f"], b""),
        ("I", ["0x10"], b""),
        ("I", [" ff"], b""),
        ("I", [b"ff"], b""),
        ("c", [1, 2.0], b""),
        ("d", [1], b""),
        ("d", [1, 1, "a", "b"], b""),
        ("s", [1, True], b""),
        ("f", ["a", "a"], b""),
        ("B", [-1], b""),
        ("B", [True], bytes(16)),
        ("U", [2], b"\xff\xfe" + bytes(14)),
        ("h", [1, "module", "os"], b""),
        ("h", [-1, "object", "x"], b""),
        ("h", [1, "object", "x" * 500], b""),
        ("S", ["csr", 2, 2], b""),
        ("S", ["bsr", 2, 2, 1, 2, 3], b""),
        ("T", [1], b""),
        ("P", [1, 2, 3], b""),
        ("P", [None, None, None], b""),
        ("?", [], b""),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_no_sender_of_ours_would_write_is_refused(tag: str, leaves: list[Any], body: bytes) -> None:
    assert isinstance(outcome(one(tag, *leaves, body=body).to_bytes()), WireError)


@pytest.mark.parametrize(
    "made",
    [
        frame([(2, "l", 1)], 1, 2),
        frame([(1, "l", 2)], 1),
        frame([(3, "l", 3)], 1, 2),
        frame([(1, "l", 1), (-1, "l", 1)], 1),
        frame([(1, "l", -1)], 1),
        frame([(-1, "l", -1)], 1),
        frame([(2**63, "l", 2**63)], 1),
        frame([], 1, 2),
        frame([]),
        frame([(0, "l", 0), (0, "s", 1)]),
        frame([(0, "l", 0), (1, "d", 2)], None),
        Frame(msgpack.packb([1, 1, "l", 1, None]), []),
        Frame(msgpack.packb([1, 1.0, 108, 1, None]), []),
        Frame(msgpack.packb([True, 1, 108, 1, None]), []),
        Frame(msgpack.packb([2, 1, 108, 1]), []),
        Frame(msgpack.packb([-1, 1]), []),
        Frame(msgpack.packb(["l", 1]), []),
    ],
    ids=range(17),
)
def test_steps_that_do_not_add_up_to_one_value_are_refused(made: Frame) -> None:
    assert isinstance(outcome(made.to_bytes()), WireError)


@pytest.mark.parametrize("levels", [65, 600, 15_000])
def test_depth_bombs(levels: int) -> None:
    tower = frame([(1, "t", 1), *[(0, "t", 1)] * (levels - 1)], None)
    with pytest.raises(WireError, match="levels deep"):
        decode(tower)
    assert isinstance(outcome(Frame(b"\x91" * levels + b"\xc0", []).to_bytes()), WireError)


@pytest.mark.parametrize("size", [3, 600])
def test_nothing_is_nested_in_a_header(size: int) -> None:
    for inside in ([], [1], {}, {1: 2}):
        assert isinstance(outcome(Frame(msgpack.packb([0, *["x"] * size, inside]), []).to_bytes()), WireError)
        assert isinstance(outcome(Frame(msgpack.packb(inside), []).to_bytes()), WireError)


def test_maps_extensions_and_timestamps_have_no_place_in_a_header() -> None:
    for header in (
        msgpack.packb({"a": 1}),
        msgpack.packb(msgpack.ExtType(5, b"x")),
        b"\xc7\x00\x05",
        b"\x92\x00\xc7\x00\x05",
        b"\x80",
        msgpack.packb(msgpack.Timestamp(1, 2)),
    ):
        assert isinstance(outcome(Frame(header, []).to_bytes()), WireError)


def test_a_header_that_promises_more_items_than_it_has_is_refused() -> None:
    for promise in (b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff"):
        assert isinstance(outcome(Frame(promise, []).to_bytes()), WireError)


def test_data_that_nothing_refers_to_is_refused() -> None:
    assert isinstance(outcome(frame([], 1, body=b"hidden data").to_bytes()), WireError)


def test_two_values_in_one_frame_are_refused() -> None:
    for size in (1, 600):
        header = msgpack.packb([1, size, ord("l"), size, *["x"] * size])
        assert outcome(Frame(header, []).to_bytes()) == ["x"] * size
        assert isinstance(outcome(Frame(header + msgpack.packb(2), []).to_bytes()), WireError)


def _pipe_with(data: bytes) -> int:
    reader, writer = os.pipe()

    def feed() -> None:
        os.write(writer, data)
        os.close(writer)

    threading.Thread(target=feed).start()
    return reader


@pytest.mark.parametrize("cut", [1, 15, 16, 20, -1])
def test_a_stream_that_ends_inside_a_frame_is_told_from_one_that_ended_before_it(cut: int) -> None:
    data = encode(HONEST[1]).to_bytes()
    fd = _pipe_with(data[:cut])
    try:
        if cut < 16 and cut > 0:
            assert read_frame(fd) is None
        else:
            with pytest.raises(WireError, match="inside a frame"):
                read_frame(fd)
    finally:
        os.close(fd)


def test_frames_follow_each_other_on_one_stream() -> None:
    reader, writer = os.pipe()
    try:
        for value in HONEST:
            write_frame(writer, encode(value))
        os.close(writer)
        for value in HONEST:
            frame = read_frame(reader)
            assert frame is not None
            assert str(decode(frame)) == str(value)
        assert read_frame(reader) is None
    finally:
        os.close(reader)
