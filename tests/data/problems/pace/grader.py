"""One check of each kind that measures."""

from typing import Any

import numpy as np

from autograders.judge import assert_same, check


def draw(rng: np.random.Generator, size: int) -> tuple[list[int]]:
    """Fresh values."""
    return (rng.integers(1_000_003, size=size).tolist(),)


@check(points=1)
def test_agrees(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """checksum gives the reference's value."""
    (values,) = draw(rng, 1_000)
    assert_same(solution.checksum(values), reference.checksum(values))


@check(points=1)
def test_is_fast(race: Any, rng: np.random.Generator) -> None:
    """checksum costs at most twice what the reference does."""
    race("checksum", lambda: draw(rng, 40_000), compare=assert_same).at_most(2.0)


@check(points=1)
def test_grows_in_proportion(growth: Any, rng: np.random.Generator) -> None:
    """The cost grows in proportion to the number of values."""
    sizes = (500, 1_000, 2_000, 4_000, 8_000)
    growth("checksum", lambda n: draw(rng, n), sizes, compare=assert_same).at_most(1.4)


@check(points=1)
def test_needs_little_memory(memory: Any, rng: np.random.Generator) -> None:
    """20,000 values take at most 24 MB."""
    memory("checksum", *draw(rng, 20_000)).at_most_mb(24)
