"""Checks of every kind that costs nothing."""

from typing import Any

import numpy as np
import pytest

from autograders.judge import assert_close, assert_same, check


@check(points=2)
def test_total_of_three(solution: Any) -> None:
    """total adds three numbers."""
    assert_same(solution.total([1.0, 2.0, 4.0]), 7.0)


@check(points=3, hidden=True, hint="Add every value once.", depends_on=("test_total_of_three",))
def test_total_of_fresh_values(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """total adds any list of numbers."""
    values = [float(x) for x in rng.normal(size=100)]
    assert_close(solution.total(values), reference.total(values), rtol=1e-12, atol=1e-12)


@check(points=1)
def test_total_of_nothing(solution: Any) -> None:
    """total raises ValueError where there is nothing to add."""
    with pytest.raises(ValueError):
        solution.total([])


@check(points=4)
@pytest.mark.parametrize("size", [1, 2, 50, 0])
def test_scale(solution: Any, reference: Any, rng: np.random.Generator, size: int) -> None:
    """scale multiplies every value."""
    values, factor = rng.normal(size=size), 3.0
    assert_close(solution.scale(values, factor), reference.scale(values, factor))


@check(points=2)
def test_counter_counts(solution: Any) -> None:
    """A Counter keeps its count between calls, and two of them keep apart."""
    first, second = solution.Counter(10), solution.Counter(0)
    assert_same(first.add(2), 12)
    assert_same(first.add(3), 15)
    assert_same(second.add(1), 1)
    assert_same(first.count.value(), 15)


@check(points=1)
def test_countdown(solution: Any) -> None:
    """countdown yields n, n - 1, down to one."""
    assert_same(list(solution.countdown(3)), [3, 2, 1])
