"""Checks of every kind; what is hidden here must stay hidden."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograders.judge import assert_close, assert_same, check

NEVER_SHOWN = "@CANARY-grader@"


@check(points=0)
def test_scale_example(solution: Any) -> None:
    """scale doubles three values."""
    assert_close(solution.scale(np.array([1.0, 2.0, 3.0]), 2.0), np.array([2.0, 4.0, 6.0]))


@check(points=1)
def test_total(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """total adds any list of numbers."""
    values = [float(x) for x in rng.normal(size=20)]
    assert_close(solution.total(values), reference.total(values), rtol=1e-12, atol=1e-12)


@check(points=1)
def test_total_of_nothing(solution: Any) -> None:
    """total raises ValueError where there is nothing to add."""
    with pytest.raises(ValueError):
        solution.total([])


@check(points=2)
def test_ledger(solution: Any, rng: np.random.Generator) -> None:
    """A Ledger keeps its balance between calls."""
    start, first, second = (int(n) for n in rng.integers(1, 10**6, size=3))
    ledger = solution.Ledger(start)
    assert_same(ledger.add(first), start + first)
    assert_same(ledger.add(-second), start + first - second)


@check(points=1)
def test_partial_sums(solution: Any, rng: np.random.Generator) -> None:
    """partial_sums yields the running sums."""
    values = [int(n) for n in rng.integers(1, 10**6, size=6)]
    assert_same(list(solution.partial_sums(values)), np.cumsum(values).tolist())


@check(points=3, hidden=True, hint="Multiply every value.")
def test_scale_of_fresh_values(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """scale multiplies any values."""
    values, factor = rng.normal(size=50), float(rng.normal())
    assert_close(solution.scale(values, factor), reference.scale(values, factor), rtol=1e-9, atol=1e-12)


@check(points=3, hidden=True)
@pytest.mark.parametrize("size", [7, 40])
def test_median_of_fresh_values(solution: Any, reference: Any, rng: np.random.Generator, size: int) -> None:
    """median finds the middle of any values."""
    values = rng.normal(size=size)
    assert_close(solution.median(values), reference.median(values), rtol=1e-9, atol=1e-12)


@check(points=2, hidden=True)
def test_caption(solution: Any, reference: Any) -> None:
    """caption rewrites any text."""
    text = Path("data/captions.txt").read_text(encoding="utf-8").strip()
    np.testing.assert_equal(solution.caption(text), reference.caption(text))


@check(points=1, hidden=True)
def test_caption_of_two_words(solution: Any) -> None:
    """caption joins two words."""
    assert_same(solution.caption("two words"), "TWO-WORDS")


@check(points=3, hidden=True)
def test_spread_is_fast(race: Any, rng: np.random.Generator) -> None:
    """spread costs about what the reference does."""
    race("spread", lambda: (rng.normal(size=(300, 2)),)).at_most(2.0)


@check(points=2, hidden=True)
def test_inversions_grow_slowly(growth: Any, rng: np.random.Generator) -> None:
    """inversions needs n log n steps."""
    growth("inversions", lambda n: (rng.normal(size=n),), sizes=(150, 400, 1_000, 2_000)).at_most(1.5)


@check(points=2, hidden=True)
def test_spread_in_little_memory(memory: Any, solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """spread does not keep all distances at once."""
    few = rng.normal(size=(12, 2))
    assert_close(solution.spread(few), reference.spread(few), rtol=1e-9)
    memory("spread", rng.normal(size=(1_200, 2))).at_most_mb(8)


@check(points=0)
def test_scale_of_nothing(solution: Any) -> None:
    """scale gives nothing for nothing."""
    assert_same(solution.scale(np.empty(0), 2.0), np.empty(0))
