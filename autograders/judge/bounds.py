"""Bounds on growth as people write them: `n`, `n log n`, `n^2`, `n^1.5 log n`, `log n`, `1`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograders.judge.callbacks import GraderError
from autograders.judge.statistics import slope

# What measured code may grow faster than its bound: caches fill, and small sizes carry costs that do not grow.
ROOM = 0.2
_FORM = re.compile(r"(?:1|(?P<n>n(?:\^(?P<power>\d+(?:\.\d+)?))?)?\s*(?P<log>log\s*n)?)")


@dataclass(frozen=True)
class Bound:
    """size to the power `power`, times log size where `log`."""

    text: str
    power: float
    log: bool

    def exponent(self, sizes: Sequence[int]) -> float:
        """The exponent that cost of exactly this growth shows on a ladder of sizes."""
        if not self.log:
            return self.power
        x = [math.log(size) for size in sizes]
        return self.power + slope(x, [math.log(each) for each in x])


def read_bound(text: str) -> Bound:
    """A bound from its text; raises GraderError where it is none of the form."""
    match = _FORM.fullmatch(text.strip().replace("²", "^2").replace("³", "^3"))
    if match is None or not text.strip():
        raise GraderError(f"growth cannot read the bound {text!r}: write it like 'n', 'n log n', 'n^2' or 'log n'")
    power = float(match["power"] or 1.0) if match["n"] else 0.0
    return Bound(text.strip(), power, match["log"] is not None)
