"""Right answers raise nothing, unrelated ones are given no particular name, and odd ones break nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograders.judge import Mismatch, assert_close, assert_same, recent
from autograders.judge.comparisons import Rule
from autograders.judge.diagnosis import ANY_PLACE, diagnose, figures

Array = np.ndarray[Any, Any]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=7)
ORDINARY = st.floats(-1e6, 1e6, allow_subnormal=False)
ODD = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, 1.0, -1.0, 0.5])
SEEDS = st.integers(0, 2**32 - 1)


def name_of(actual: Any, expected: Any, **options: Any) -> str:
    """What a comparison names; "right" where it accepts."""
    try:
        assert_close(actual, expected, **options)
    except Mismatch as mismatch:
        return str(mismatch.diagnosis.get("name", ""))
    return "right"


@given(SEEDS, st.integers(1, 400), st.sampled_from(["pairwise", "running", "backwards", "float32"]))
def test_other_orders_of_summation_raise_nothing(seed: int, n: int, way: str) -> None:
    x = np.random.default_rng(seed).normal(size=(n, 3))
    sums = {
        "pairwise": x.sum(0),
        "running": np.cumsum(x, axis=0)[-1],
        "backwards": x[::-1].sum(0),
        "float32": x.astype(np.float32).sum(0),
    }
    scale = float(np.abs(x).sum(0).max())
    digits = 1e-5 if way == "float32" else 1e-12
    assert name_of(sums[way], x.sum(0), rtol=0.0, atol=digits * scale) == "right"


@given(hnp.arrays(np.float64, SHAPES, elements=ORDINARY))
def test_a_right_answer_in_any_layout_raises_nothing(expected: Array) -> None:
    for actual in (expected.copy(order="F"), expected[...], np.array(expected.tolist()).reshape(expected.shape)):
        assert name_of(actual, expected) == "right"


@settings(max_examples=150)
@given(SEEDS, hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=9), st.sampled_from([1e-12, 1e-7, 1e-3]))
def test_unrelated_numbers_are_only_ever_given_a_place(seed: int, shape: tuple[int, ...], rtol: float) -> None:
    rng = np.random.default_rng(seed)
    recent.note((rng.normal(size=(17, 5)), rng.normal(size=shape)), {})
    name = name_of(rng.normal(size=shape), rng.normal(size=shape), rtol=rtol)
    recent.forget()
    assert name in {"", *ANY_PLACE}


@settings(max_examples=150)
@given(SEEDS, st.integers(1, 40), st.integers(2, 6))
def test_unrelated_labels_are_given_no_name(seed: int, n: int, kinds: int) -> None:
    rng = np.random.default_rng(seed)
    assert name_of(rng.integers(kinds, size=n), rng.integers(kinds, size=n)) in {
        *("", "right", "zeros", "constant"),
        *ANY_PLACE,
    }


@settings(max_examples=150)
@given(SEEDS)
def test_an_unrelated_number_is_given_no_name(seed: int) -> None:
    rng = np.random.default_rng(seed)
    recent.note((rng.normal(size=(30, 4)),), {})
    assert name_of(float(rng.normal()), float(rng.normal())) == ""
    recent.forget()


@settings(max_examples=200)
@given(st.data())
def test_no_array_however_odd_breaks_the_diagnosis(data: st.DataObject) -> None:
    shape = data.draw(SHAPES)
    kinds = st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_, np.complex128])

    def draw() -> Array:
        kind = data.draw(kinds)
        elements = ODD if kind is np.float64 else None
        other = data.draw(st.booleans())
        return data.draw(hnp.arrays(kind, SHAPES if other else shape, elements=elements))

    actual, expected = draw(), draw()
    rule = Rule(1e-7, data.draw(st.sampled_from([0.0, 1e-3])), sizes=tuple(data.draw(st.lists(st.integers(0, 50)))))
    wrong = None
    if actual.shape == expected.shape:
        with np.errstate(all="ignore"):
            wrong = np.asarray(actual != expected)
    # Not by way of the comparison, which would pass over an error.
    pair = rule.pair(actual, expected, wrong)
    found = diagnose(pair)
    if wrong is not None and wrong.any():
        told = figures(pair)
        assert 0 < told["wrong"] <= told["total"]
        assert len(told["first_index"]) == actual.ndim
    assert found is None or 0 < len(found.sentence) <= 320


@pytest.mark.parametrize("n", [100, 2_000])
def test_a_name_needs_the_whole_array(n: int) -> None:
    expected = np.random.default_rng(0).normal(size=n)
    for place in (0, n // 2, n - 1):
        actual = -expected
        actual[place] += 0.01
        assert name_of(actual, expected) not in {"sign", "factor", "affine"}


def test_few_possible_values_are_no_evidence() -> None:
    assert name_of(1.0, 0.0) == ""
    assert name_of(2.0, 1.0) == ""
    assert name_of(0.5, 0.25) == ""
    assert name_of(np.array([1, 0]), np.array([0, 1])) == ""
    assert name_of(np.full(9, 2.0), np.full(9, 3.0)) == ""


def test_sameness_is_diagnosed_too() -> None:
    with pytest.raises(Mismatch) as caught:
        assert_same(np.array([3, 1, 4, 15, 9, 2]), np.array([2, 9, 15, 4, 1, 3]))
    assert caught.value.diagnosis["name"] == "reversed"


def test_a_loose_tolerance_names_no_small_factor() -> None:
    expected = np.random.default_rng(0).normal(size=50)
    assert name_of(expected * 20 / 19, expected, rtol=0.05) not in {"sample-deviation", "degrees-of-freedom"}
