"""What an honest learner may return beside plain data: sent as what it is, kept, or refused with advice."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from autograders.wire import Frame, Handle, WireError, decode, encode


class Label(enum.IntEnum):
    CAT = 3


class Colour(enum.Enum):
    RED = 1


class Place(enum.StrEnum):
    ROOM = "é"


class Share(float, enum.Enum):
    QUARTER = 0.25


class Probability(float):
    pass


class Word(str):
    __slots__ = ()


class Tree(dict[str, int]):
    pass


class Stack(list[int]):
    pass


@dataclass
class Model:
    slope: float


def across(value: Any) -> Any:
    return decode(Frame.from_bytes(encode(value, keep=keep).to_bytes()))


def keep(value: Any) -> Handle:
    return Handle(1, "object", type(value).__name__)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Label.CAT, 3),
        (Place.ROOM, "é"),
        (Share.QUARTER, 0.25),
        ({"a": 1}.keys(), ["a"]),
        ({"a": 1}.values(), [1]),
        ({"a": 1}.items(), [("a", 1)]),
        ({Label.CAT: [Place.ROOM]}, {3: ["é"]}),
        ([Label.CAT] * 20, [3] * 20),
        (memoryview(b"abc"), b"abc"),
        (memoryview(b""), b""),
        (np.arange(6, dtype=np.uint8).reshape(2, 3).data, bytes(range(6))),
        (np.arange(6, dtype="<u2").data[::2], b"\0\0\2\0\4\0"),
        (bytearray(), b""),
        (True, True),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_plain_thing_of_another_class_arrives_as_that_plain_thing(value: Any, plain: Any) -> None:
    arrived = across(value)
    assert arrived == plain
    assert type(arrived) is type(plain)


@pytest.mark.parametrize(
    "value", [Probability(0.5), Word("a"), Tree(a=1), Stack([1]), Model(0.5), Colour.RED, len, iter([1])]
)
def test_an_object_of_a_class_of_its_own_is_not_mistaken_for_what_it_extends(value: Any) -> None:
    assert across(value) == Handle(1, "object", type(value).__name__)
    with pytest.raises(WireError, match=f"type {type(value).__name__} cannot cross"):
        encode(value)


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (decimal.Decimal("0.1"), "return float"),
        (fractions.Fraction(1, 3), "return float"),
        (datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), "datetime64"),
        (datetime.date(2026, 1, 2), "datetime64"),
        (datetime.timedelta(1), "total_seconds"),
        (np.ma.masked_array([1, 2], [True, False]), "filled"),
        (np.array([object()]), "one numeric type"),
        (np.array([1, "a"], object), "one numeric type"),
        (np.zeros(2, [("a", "i4")]), "for each field"),
        (np.zeros(2, [("a", "i4")])[0], "for each field"),
        (np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), "for each field"),
        (np.array(["a"], np.dtypes.StringDType()), "astype"),
        (np.zeros(2, np.longdouble), "float64"),
        (np.longdouble(1), "float64"),
        (np.zeros(2, np.clongdouble), "complex128"),
        (np.array(["NaT"], "M8"), "unit"),
        (np.array(["\ud800"]), "Unicode"),
        (np.array(["x" * 300_000]), "list"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_a_better_form_is_refused_with_it(value: Any, advice: str) -> None:
    for inside in (value, [value], {"a": (value,)}):
        with pytest.raises(WireError, match=advice):
            across(inside)


def test_truth_values_made_from_other_bytes_are_set_right() -> None:
    odd = np.array([0, 1, 2, 255], np.uint8).view(bool)
    assert across(odd).view(np.uint8).tolist() == [0, 1, 1, 1]
    assert across(odd[2]) == np.True_


def test_a_matrix_and_a_mapped_file_arrive_as_arrays(tmp_path: Any) -> None:
    mapped = np.memmap(tmp_path / "data", np.float32, "w+", shape=(3,))
    for value in (np.arange(4).reshape(2, 2).view(np.matrix), mapped):
        arrived = across(value)
        assert type(arrived) is np.ndarray
        assert arrived.tolist() == value.tolist()


def test_read_only_and_reversed_arrays_arrive_writable() -> None:
    fixed = np.arange(4)
    fixed.flags.writeable = False
    for value in (fixed, fixed[::-1], np.arange(6).reshape(2, 3)[:, ::-1].T):
        arrived = across(value)
        arrived += 1
        assert arrived.tolist() == (value + 1).tolist()


def test_sparse_matrices_of_rarer_formats_arrive_as_csr() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    for layout in ("lil", "dok", "dia", "bsr"):
        arrived = across(sparse.coo_matrix(np.diag([1.0, 2.0])).asformat(layout))
        assert arrived.format == "csr"
        assert arrived.toarray().tolist() == [[1, 0], [0, 2]]
    with pytest.raises(WireError, match="toarray"):
        across(sparse.coo_array(np.ones(3)))


def test_tensors_that_numpy_has_no_type_for_are_refused_with_advice() -> None:
    torch = pytest.importorskip("torch")
    for value in (torch.zeros(2, dtype=torch.bfloat16), torch.eye(2).to_sparse(), torch.zeros(2, device="meta")):
        with pytest.raises(WireError, match="to_dense"):
            across(value)
    assert across(torch.zeros(2, 3).shape) == (2, 3)
    assert across(torch.tensor([1 + 1j]).conj()).tolist() == [1 - 1j]


def test_pandas_frames_arrive_with_odd_names_and_indices() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame([[1, 2.5, "x"], [3, None, None]], columns=["a", "a", 7], index=["r", "s"])
    arrived = across(table)
    assert list(arrived.columns) == ["a", "a", 7]
    assert list(arrived.index) == ["r", "s"]
    assert arrived.iloc[:, 0].tolist() == [1, 3]
    many = table.set_index([[1, 1], ["p", "q"]])
    assert across(many).index.tolist() == [(1, "p"), (1, "q")]
    assert across(pandas.DataFrame()).shape == (0, 0)
    kinds = pandas.DataFrame({"c": pandas.Categorical(["u", "v"]), "d": pandas.array([1, 2], dtype="Int64")})
    assert across(kinds).to_dict("list") == {"c": ["u", "v"], "d": [1, 2]}


@pytest.mark.parametrize("kind", ["series", "missing", "zone"])
def test_what_a_pandas_frame_cannot_carry_is_refused_with_advice(kind: str) -> None:
    pandas = pytest.importorskip("pandas")
    values = {
        "series": pandas.Series([1]),
        "missing": pandas.DataFrame({"a": pandas.array([1, None], dtype="Int64")}),
        "zone": pandas.DataFrame({"a": pandas.to_datetime(["2026-01-02"]).tz_localize("UTC")}),
    }
    with pytest.raises(WireError, match=r"return its|use None|without a time zone"):
        across(values[kind])
