"""A check full of marks that no learner's code may ever find."""

from pathlib import Path
from typing import Any

import numpy as np

from autograders.judge import assert_close, check

MARK = "canary-in-grader-9377"
HIDDEN = Path("data/hidden.txt").read_text()


@check(points=1, hint="canary-in-grader-hint")
def test_doubles(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """double gives twice its argument."""
    secret = f"{MARK} {HIDDEN}"
    x = float(rng.normal())
    assert_close(solution.double(x), reference.double(x))
    assert secret
