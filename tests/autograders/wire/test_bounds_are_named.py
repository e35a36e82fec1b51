"""Each bound of the wire, on both sides: what lies just within passes, what lies beyond is refused by name."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from autograders.wire import Frame, WireError, WireLimits, decode, encode

SMALL = WireLimits(
    header_bytes=400,
    body_bytes=4_096,
    text_bytes=2_050,
    depth=4,
    values=50,
    integer_bits=128,
    dimensions=3,
    item_bytes=256,
    sparse_side=8,
)
ROOMY = WireLimits()


def nest(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


CASES: dict[str, tuple[Any, Any, str]] = {
    "header_bytes": (["ab" * 40] * 4, ["ab" * 40] * 6, "structure"),
    "body_bytes": (np.zeros(512), np.zeros(513), "bytes of data"),
    "depth": (nest(4), nest(6), "levels deep"),
    "values": ([None] * 50, [None] * 51, "50 items"),
    "values of a packed list": ([0.5] * 48, [0.5] * 49, "50 items"),
    "values of a dictionary": (dict.fromkeys(range(25)), dict.fromkeys(range(26)), "50 items"),
    "values of arrays": ([np.zeros(1)] * 8, [np.zeros(1)] * 9, "50 items"),
    "text_bytes": ("é" * 1_025, "é" * 1_026, "bytes of text"),
    "item_bytes": (np.array(["x" * 64]), np.array(["x" * 65]), "more than 256 bytes"),
    "integer_bits": (2**127, 2**140, "128 bits"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_sender_keeps_each_bound(name: str) -> None:
    within, beyond, words = CASES[name]
    assert str(decode(encode(within, SMALL), SMALL)) == str(within)
    with pytest.raises(WireError, match=words):
        encode(beyond, SMALL)


@pytest.mark.parametrize("name", CASES)
def test_the_receiver_does_not_trust_the_sender_to_have_kept_it(name: str) -> None:
    within, beyond, _ = CASES[name]
    assert str(decode(encode(within), SMALL)) == str(within)
    with pytest.raises(WireError):
        decode(encode(beyond, ROOMY), SMALL)


def test_an_array_of_too_many_dimensions_is_refused() -> None:
    assert decode(encode(np.zeros((1, 1, 1))), SMALL).shape == (1, 1, 1)
    with pytest.raises(WireError, match="dimensions"):
        decode(encode(np.zeros((1, 1, 1, 1))), SMALL)


def test_a_list_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(WireError, match="levels deep"):
        encode(loop)


def test_deep_dictionaries_are_refused_as_deep_lists_are() -> None:
    value: Any = {}
    for _ in range(100):
        value = {"inside": value}
    with pytest.raises(WireError, match="levels deep"):
        encode(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "type object"),
        (np.array([object()]), "dtype object"),
        (np.zeros(2, [("a", "i4"), ("b", "f8")]), "dtype"),
        ("\ud800", "surrogates"),
        ("x" * 2_000 + "\ud800", "surrogates"),
    ],
    ids=["object", "object array", "structured array", "lone surrogate", "lone surrogate in a long text"],
)
def test_what_cannot_cross_is_named(value: Any, words: str) -> None:
    with pytest.raises(WireError, match=words):
        encode(value)


def test_lengths_in_the_prefix_are_checked_before_memory_is_taken() -> None:
    header_lie = b"CPW1" + (5 << 20).to_bytes(4, "big") + bytes(8)
    body_lie = b"CPW1" + (1).to_bytes(4, "big") + (1 << 62).to_bytes(8, "big")
    for data, words in ((header_lie, "structure"), (body_lie, "bytes of data")):
        with pytest.raises(WireError, match=words):
            Frame.from_bytes(data)


def test_a_sparse_matrix_may_not_have_a_side_that_no_array_could_have() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    assert decode(encode(sparse.coo_array((8, 8)))).shape == (8, 8)
    with pytest.raises(WireError, match="side"):
        decode(encode(sparse.coo_array((8, 9)), ROOMY), dataclasses.replace(ROOMY, sparse_side=8))


def test_every_integer_that_crosses_can_be_printed() -> None:
    largest = 2**ROOMY.integer_bits - 1
    assert str(decode(encode(-largest))) == str(-largest)
    with pytest.raises(WireError, match="bits"):
        encode(largest + 1)


def test_a_long_range_is_counted_before_it_is_made() -> None:
    for value in (range(10**9), range(10**30)):
        with pytest.raises(WireError, match="items"):
            encode(value)
