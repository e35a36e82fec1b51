"""One cheap check."""

from typing import Any

import numpy as np

from autograders.judge import assert_close, check


@check(points=1, hint="Add the number to itself.")
def test_doubles(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """double gives twice its argument."""
    x = float(rng.normal())
    assert_close(solution.double(x), reference.double(x))
