"""Bytes from anybody: the decoder answers each with a value or a WireError, and with nothing else."""

from __future__ import annotations

import os
import threading
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograders.wire import Frame, WireError, WireLimits, decode, encode, read_frame, write_frame

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
trees = st.recursive(
    junk | st.sampled_from(["<f8", "<i8", "|S0", "|O", "<U1", "<f4", "csr", "C", "F", "object", "(1,2", "f8,("]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=5)).map(lambda pair: [pair[0], *pair[1]])
        | st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=5)).map(list)
    ),
    max_leaves=20,
)


@settings(max_examples=250, deadline=None)
@given(trees, st.binary(max_size=64))
@example(["a", "|S0", [2**40], "C"], b"")
@example(["a", "<U0", [2**31, 2**31], "C"], b"")
@example(["a", "|O", [1], "C"], bytes(16))
@example(["a", "<f8", [2**62, 4], "C"], b"")
@example(["a", "<f8", [-1], "C"], b"")
@example(["a", "(1,2", [1], "C"], bytes(16))
@example(["a", "<M8[0s]", [1], "C"], bytes(16))
@example(["g", "<f8", [2], "C"], bytes(16))
@example(["L", "<f8", -(2**60)], b"")
@example(["L", "<f8", True], bytes(16))
@example(["I", "-" + "f" * 10], b"")
@example(["I", b"ff"], b"")
@example(["d", [1]], b"")
@example(["d", [["l", []], 1]], b"")
@example(["s", [["d", []]]], b"")
@example(["B", -1], b"")
@example(["U", 2], b"\xff\xfe" + bytes(14))
@example(["h", 1, "module", "os"], b"")
@example(["h", 1, "object", "x" * 500], b"")
@example(["S", "csr", [2, 2], []], b"")
@example(["T", ["h", 1, "object", "x"]], b"")
@example(["P", [], [], None], b"")
@example(["__class__", []], b"")
@example([[]], b"")
@example([], b"")
def test_trees_of_plausible_nonsense(tree: Any, body: bytes) -> None:
    outcome(Frame(msgpack.packb(tree), [body]).to_bytes())


@pytest.mark.parametrize("levels", [70, 600, 5_000, 60_000])
def test_depth_bombs(levels: int) -> None:
    shallow = b"\x92\xa1l\x91" * levels + b"\xc0"
    assert isinstance(outcome(Frame(shallow, []).to_bytes()), WireError)
    assert isinstance(outcome(Frame(b"\x91" * levels + b"\xc0", []).to_bytes()), WireError)


def test_maps_extensions_and_timestamps_have_no_place_in_a_header() -> None:
    for header in (
        msgpack.packb({"a": 1}),
        msgpack.packb(msgpack.ExtType(5, b"x")),
        msgpack.packb(msgpack.Timestamp(1, 2)),
    ):
        assert isinstance(outcome(Frame(header, []).to_bytes()), WireError)


def test_a_header_that_promises_more_items_than_it_has_is_refused() -> None:
    for promise in (b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff"):
        assert isinstance(outcome(Frame(promise, []).to_bytes()), WireError)


def test_data_that_nothing_refers_to_is_refused() -> None:
    assert isinstance(outcome(Frame(msgpack.packb(1), [b"hidden data"]).to_bytes()), WireError)


def test_two_values_in_one_frame_are_refused() -> None:
    assert isinstance(outcome(Frame(msgpack.packb(1) + msgpack.packb(2), []).to_bytes()), WireError)


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
