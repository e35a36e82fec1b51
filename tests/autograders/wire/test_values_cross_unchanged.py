"""Whatever the wire takes arrives equal, of the same type, aligned and writable."""

from __future__ import annotations

import math
import struct
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograders.wire import Frame, Handle, WireError, decode, encode

Point = namedtuple("Point", "x y")


def across(value: Any) -> Any:
    """There and back through bytes, as between processes."""
    return decode(Frame.from_bytes(encode(value).to_bytes()))


def same(a: Any, b: Any) -> bool:
    """Equal in type and value, NaN included, item by item."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, np.ndarray | np.generic):
        return bool(a.dtype == b.dtype) and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (math.isnan(a) and math.isnan(b))
    return bool(a == b)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=2_000)
atoms = st.none() | st.booleans() | st.integers(-(2**200), 2**200) | st.floats() | texts | st.binary(max_size=2_000)
keys = st.booleans() | st.integers(-(2**70), 2**70) | texts | st.tuples(st.integers(), texts)
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=5)
        | st.sets(keys, max_size=5)
        | st.frozensets(keys, max_size=5)
        | st.lists(st.floats(), min_size=16, max_size=40)
        | st.lists(st.integers(-(2**63), 2**63 - 1), min_size=16, max_size=40)
    ),
    max_leaves=25,
)
dtypes = (
    hnp.boolean_dtypes()
    | hnp.integer_dtypes()
    | hnp.unsigned_integer_dtypes()
    | hnp.floating_dtypes(sizes=(16, 32, 64))
    | hnp.complex_number_dtypes()
    | hnp.datetime64_dtypes()
    | hnp.timedelta64_dtypes()
    | hnp.byte_string_dtypes()
    | hnp.unicode_string_dtypes()
)
shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
arrays = hnp.arrays(dtypes, shapes)


@settings(max_examples=40, deadline=None)
@given(values)
def test_plain_values_arrive_as_they_were(value: Any) -> None:
    assert same(across(value), value)


@settings(max_examples=50, deadline=None)
@given(st.complex_numbers(allow_nan=False))
def test_complex_numbers_arrive(value: complex) -> None:
    assert across(value) == value


@settings(max_examples=40, deadline=None)
@given(arrays)
def test_arrays_arrive_with_values_dtype_and_shape(array: np.ndarray[Any, Any]) -> None:
    arrived = across(array)
    assert arrived.dtype == array.dtype.newbyteorder("<")
    assert arrived.shape == array.shape
    assert arrived.tobytes() == array.astype(arrived.dtype).tobytes()


@settings(max_examples=40, deadline=None)
@given(st.lists(arrays, min_size=1, max_size=4), st.binary(max_size=1_200))
def test_arrays_beside_other_data_are_aligned_and_writable(several: list[np.ndarray[Any, Any]], other: bytes) -> None:
    for arrived in across([other, *several])[1:]:
        assert arrived.flags.aligned
        assert arrived.flags.writeable
        assert type(arrived) is np.ndarray


@settings(max_examples=40, deadline=None)
@given(arrays.filter(lambda array: array.ndim >= 2))
def test_memory_order_is_kept(array: np.ndarray[Any, Any]) -> None:
    arrived = across(np.asfortranarray(array))
    assert arrived.flags.f_contiguous
    assert np.array_equal(arrived, array) or array.dtype.kind in "fcmM"
    assert across(np.ascontiguousarray(array)).flags.c_contiguous


@pytest.mark.parametrize(
    "view",
    [
        np.arange(24).reshape(4, 6)[::2, ::-1],
        np.broadcast_to(np.float32(1.5), (3, 4)),
        np.arange(24).reshape(2, 3, 4).transpose(1, 0, 2),
        np.arange(6, dtype=">i4"),
        np.zeros((0, 5)),
        np.array(3.5),
        np.array(["", ""]),
        np.zeros(3, "S0"),
    ],
    ids=["strided", "broadcast", "transposed", "big-endian", "empty", "no dimension", "empty texts", "no bytes"],
)
def test_odd_arrays_arrive_as_plain_ones(view: np.ndarray[Any, Any]) -> None:
    arrived = across(view)
    assert arrived.shape == view.shape
    assert arrived.tolist() == view.tolist()
    arrived[...] = arrived  # writable, whatever the view was


@pytest.mark.parametrize(
    "scalar",
    [
        np.float64(0.1),
        np.float32("nan"),
        np.int8(-3),
        np.uint64(2**64 - 1),
        np.bool_(True),
        np.complex64(1 + 2j),
        np.datetime64("2026-01-02"),
        np.timedelta64(5, "ms"),
        np.str_("é"),
        np.bytes_(b"x"),
    ],
    ids=str,
)
def test_numpy_scalars_stay_numpy_scalars(scalar: np.generic) -> None:
    assert same(across(scalar), scalar)


@pytest.mark.parametrize(
    ("given_value", "arrives_as"),
    [
        (Counter("abca"), {"a": 2, "b": 1, "c": 1}),
        (defaultdict(list, {1: [2]}), {1: [2]}),
        (OrderedDict([("b", 1), ("a", 2)]), {"b": 1, "a": 2}),
        (deque([1, 2]), [1, 2]),
        (range(3), [0, 1, 2]),
        (bytearray(b"ab"), b"ab"),
        (Point(1, 2.5), (1, 2.5)),
    ],
    ids=[
        "Counter",
        "defaultdict",
        "OrderedDict",
        "deque",
        "range",
        "bytearray",
        "namedtuple",
    ],
)
def test_everyday_containers_cross_as_plain_ones(given_value: Any, arrives_as: Any) -> None:
    assert same(across(given_value), arrives_as)


def test_sparse_matrices_arrive_in_their_format() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    dense = np.diag([1.0, 2.0, 3.0])
    for layout in ("csr", "csc", "coo"):
        arrived = across(sparse.coo_array(dense).asformat(layout))
        assert arrived.format == layout
        assert np.array_equal(arrived.toarray(), dense)


def test_a_sparse_matrix_whose_indices_lead_outside_is_refused() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    bad = sparse.csr_array(np.eye(3))
    bad.indices[0] = 7
    with pytest.raises(WireError):
        across(bad)


def test_torch_tensors_arrive_as_tensors_without_their_history() -> None:
    torch = pytest.importorskip("torch")
    weights = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
    arrived = across([weights, (weights * 2).T, torch.tensor(3)])
    assert [tuple(tensor.shape) for tensor in arrived] == [(2, 3), (3, 2), ()]
    assert torch.equal(arrived[1], (weights * 2).T.detach())
    assert not arrived[0].requires_grad


def test_what_is_not_listed_gives_a_handle_and_the_handle_comes_back() -> None:
    kept: list[Any] = []

    def keep(value: Any) -> Handle:
        kept.append(value)
        return Handle(len(kept), "object", type(value).__name__)

    frame = encode({"model": slice(1, 2), "score": 0.5}, keep=keep)
    assert decode(frame) == {"model": Handle(1, "object", "slice"), "score": 0.5}
    assert decode(encode([Handle(1, "object", "slice")], keep=lambda value: value)) == [Handle(1, "object", "slice")]


def test_no_reference_is_shared_between_sender_and_receiver() -> None:
    array = np.zeros(3)
    arrived = across(array)
    arrived[0] = 1
    assert array[0] == 0
