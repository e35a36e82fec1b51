"""What equals, what is near enough, and the words for what is neither."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograders.judge import Mismatch, assert_close, assert_same
from autograders.judge.comparisons import TEXT_LIMIT, show

A = np.array
F32 = np.float32
INF, NAN = math.inf, math.nan


def words(compare: Any, actual: Any, expected: Any, **options: Any) -> str:
    """The sentence of the mismatch, "" where there is none."""
    try:
        compare(actual, expected, **options)
    except Mismatch as mismatch:
        return str(mismatch)
    return ""


CLOSE = [
    (1.0, 1.0),
    (1.0 + 1e-9, 1.0),
    (1, 1.0),
    (np.float64(1), 1.0),
    (F32(0.5), 0.5),
    (A(2.0), 2.0),
    (INF, INF),
    (-INF, -INF),
    (2 + 0j, 2 + 0j),
    (1.5, 1.5 + 0j),
    (A([1, 2]), A([1.0, 2.0])),
    (A([1.0, 2.0], F32), A([1.0, 2.0])),
    (A([1, 2], np.int32), A([1, 2])),
    (np.zeros((0, 3)), np.zeros((0, 3))),
    (np.asfortranarray(np.ones((2, 3))), np.ones((2, 3))),
    ([1.0, (2.0, {"a": A([3.0])})], [1.0, (2.0, {"a": A([3.0])})]),
    ("text", "text"),
    (None, None),
    (True, True),
    (10**30, 10**30),
    (10**30, 1e30),
]
NOT_CLOSE = [
    (1.0 + 1e-6, 1.0, "the answer is wrong"),
    (NAN, 1.0, "the answer is wrong"),
    (1.0, NAN, "the answer is wrong"),
    (NAN, NAN, "the answer is wrong"),
    (INF, -INF, "the answer is wrong"),
    (INF, 1e308, "the answer is wrong"),
    (1.0, INF, "the answer is wrong"),
    (A([1.0, INF]), A([INF, -INF]), "the answer differs in 2 of 2 values"),
    (-0.5, 0.5, "the answer is wrong"),
    (1.0, 1, "the answer must be integer, not float64"),
    (1j, 1.0, "the answer must be float, not complex128"),
    (True, 1.0, "the answer must be float, not bool"),
    (1, True, "the answer must be boolean, not int64"),
    ("1.0", 1.0, "the answer must be a number, not a str"),
    (None, 1.0, "the answer must be a number, not None"),
    ([1.0], 1.0, "the answer must be a number, not a list"),
    (A([1.0]), 1.0, "the answer must be a number, not an array of shape (1,)"),
    ([1.0, 2.0], A([1.0, 2.0]), "the answer must be a numpy array, not a list"),
    (1.0, A([1.0]), "the answer must be a numpy array, not a float"),
    (A([1.0, 2.0]), A([[1.0, 2.0]]), "the answer must have shape (1, 2), not (2,)"),
    (A([1.0]), A([1.0, 1.0]), "the answer must have shape (2,), not (1,)"),
    (A([1.0, 2.0]), A([1, 2]), "the answer must be integer, not float64"),
    (A(["a"]), A([1.0]), "the answer must be float, not <U1"),
    (A([1.0, 9.0]), A([1.0, 2.0]), "the answer differs in 1 of 2 values, first at [1]: expected 2, found 9"),
    (A([[1.0, 9.0]]), A([[1.0, NAN]]), "the answer differs in 1 of 2 values, first at [0, 1]: expected nan, found 9"),
    ([1.0], (1.0,), "the answer must be a tuple, not a list"),
    ((1.0,), [1.0], "the answer must be a list, not a tuple"),
    ((1.0, 2.0), (1.0, 2.0, 3.0), "the answer must have 3 items, not 2"),
    ([1.0, [2.0, 9.0]], [1.0, [2.0, 3.0]], "the answer[1][1] is wrong"),
    ({"a": 1}, {"a": 1, "b": 2}, "the answer must have the keys 'a', 'b', not 'a'"),
    ({"a": 1, 2: 3}, {"a": 1}, "the answer must have the keys 'a', not 'a', 2"),
    ({}, {"a": 1}, "the answer must have the keys 'a', not none"),
    ([("a", 1)], {"a": 1}, "the answer must be a dict, not a list"),
    ({"centres": A([1.0])}, {"centres": A([2.0])}, "the answer['centres'] differs in 1 of 1 values"),
    (10**400, 1e300, "the answer is wrong"),
    (10**30, 10**30 + 1, "the answer is wrong"),
    (3, 10**30, "the answer is wrong"),
    ("b", "a", "the answer is wrong"),
    (b"a", "a", "the answer must be a str, not a bytes"),
    (0, None, "the answer must be None, not a int"),
    ({1}, {2}, "the answer is wrong"),
]


@pytest.mark.parametrize(("actual", "expected"), CLOSE, ids=repr)
def test_these_are_close(actual: Any, expected: Any) -> None:
    assert words(assert_close, actual, expected) == ""


@pytest.mark.parametrize(("actual", "expected", "sentence"), NOT_CLOSE, ids=repr)
def test_these_are_not_close_and_the_sentence_says_why(actual: Any, expected: Any, sentence: str) -> None:
    said = words(assert_close, actual, expected)
    assert said.startswith(sentence), said


@pytest.mark.parametrize(
    ("actual", "expected", "sentence"),
    [
        (1.0, 1.0, ""),
        (1.0 + 1e-15, 1.0, "the answer is wrong"),
        (1, 1, ""),
        (1, 1.0, "the answer must be float, not int64"),
        (1.0, 1, "the answer must be integer, not float64"),
        (True, True, ""),
        (1, True, "the answer must be a bool, not a int"),
        (np.bool_(True), True, ""),
        (A([1, 2]), A([1.0, 2.0]), "the answer must be float, not int64"),
        (A([1, 2], np.int8), A([1, 2]), ""),
        (A([1.0, 3.0]), A([1.0, 2.0]), "the answer differs in 1 of 2"),
        (A(["a", "b"]), A(["a", "c"]), "the answer differs in 1 of 2"),
        (A([True]), A([True]), ""),
        (A([1]), A([True]), "the answer must be boolean, not int64"),
        ([1, 2], [1, 2], ""),
        ((1, 2), [1, 2], "the answer must be a list, not a tuple"),
        ("a", "a", ""),
        (["a", 1], ["a", 2], "the answer[1] is wrong"),
        ({1, 2}, {2, 1}, ""),
        (frozenset({1}), {1}, "the answer must be a set, not a frozenset"),
        (None, None, ""),
        (None, "", "the answer must be a str, not None"),
        (10**30, 10**30, ""),
        (10**30 + 1, 10**30, "the answer"),
    ],
    ids=repr,
)
def test_sameness_is_exact(actual: Any, expected: Any, sentence: str) -> None:
    said = words(assert_same, actual, expected)
    assert said.startswith(sentence) if sentence else said == "", said


def test_nan_equals_nan_only_where_it_is_asked_for() -> None:
    assert words(assert_close, A([NAN, 1.0]), A([NAN, 1.0])) != ""
    assert words(assert_close, A([NAN, 1.0]), A([NAN, 1.0]), equal_nan=True) == ""
    assert words(assert_close, A([1.0]), A([NAN]), equal_nan=True) != ""


def test_both_tolerances_are_added() -> None:
    assert words(assert_close, 10.0 + 0.149, 10.0, rtol=0.01, atol=0.05) == ""
    assert words(assert_close, 10.0 + 0.151, 10.0, rtol=0.01, atol=0.05) != ""
    assert words(assert_close, A([0.1]), A([0.0]), atol=0.1) == ""


def test_the_mismatch_carries_both_sides_as_bounded_text() -> None:
    with pytest.raises(Mismatch) as caught:
        assert_close(np.zeros(10_000), np.ones(10_000))
    assert "shape (10000,), float64" in caught.value.expected
    assert len(caught.value.expected) <= TEXT_LIMIT
    assert len(caught.value.actual) <= TEXT_LIMIT
    assert "10,000 of 10,000 values" in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10_000,
        "line\n" * 5_000,
        list(range(10_000)),
        tuple("ab" * 500),
        dict.fromkeys(range(500), "x" * 500),
        np.arange(1e6),
        [[["x" * 1_000] * 50] * 50] * 50,
        10**5_000,
        b"\0" * 10**6,
        {"a": np.ones((99, 99))},
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_is_shown_is_bounded(value: Any) -> None:
    assert 0 < len(show(value)) <= TEXT_LIMIT


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (np.float32(0.5), "0.5"),
        (np.int64(3), "3"),
        ([1.5, "a", None], "[1.5, 'a', None]"),
        ((1,), "(1,)"),
        ({"a": [1]}, "{'a': [1]}"),
        (A([1.0, 2.0]), "[1. 2.]\nshape (2,), float64"),
        ("two\nlines", "two\nlines"),
    ],
    ids=repr,
)
def test_values_are_shown_as_a_learner_would_write_them(value: Any, text: str) -> None:
    assert show(value) == text
