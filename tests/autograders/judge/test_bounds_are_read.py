"""Bounds on growth as people write them."""

from __future__ import annotations

import math

import pytest

from autograders.judge import GraderError
from autograders.judge.bounds import read_bound

SIZES = (1_000, 2_000, 4_000)


@pytest.mark.parametrize(
    ("text", "power", "log"),
    [
        ("1", 0, False),
        ("n", 1, False),
        ("log n", 0, True),
        ("n log n", 1, True),
        ("n^2", 2, False),
        ("n² log n", 2, True),
        ("n^1.5", 1.5, False),
        (" n^3 ", 3, False),
    ],
)
def test_a_bound_is_a_power_with_or_without_a_logarithm(text: str, power: float, log: bool) -> None:
    bound = read_bound(text)
    assert (bound.power, bound.log) == (power, log)


@pytest.mark.parametrize("text", ["", " ", "n!", "2^n", "O(n)", "n log", "m", "n^", "n^-1"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(GraderError, match="write it like"):
        read_bound(text)


def test_a_logarithm_adds_what_it_shows_on_the_ladder() -> None:
    exponent = read_bound("n log n").exponent(SIZES)
    assert exponent == pytest.approx(1 + 1 / math.log(2_000), abs=0.01)
    assert read_bound("n").exponent(SIZES) == 1.0
