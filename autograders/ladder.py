"""The Ladder: what a learner is told of hidden data over many submissions, and what is kept between them.

After Blum and Hardt, "The Ladder: a reliable leaderboard for machine learning competitions" (ICML
2015): a score is released only where it beats the last released one by more than a step, and then
rounded to that step. Whoever submits often learns little from it, however they choose what to submit.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DIGITS = 12  # a multiple of a step, without the noise of the multiplication


class LadderError(ValueError):
    """What was kept of a ladder does not have the agreed form; the text names the field."""


@dataclass(frozen=True)
class Ladder:
    """What earlier submissions of one learner left at one check.

    `data` is a digest of the hidden data and of what is measured on it, `version` the problem's
    version in which the looks were counted, `queries` how often the hidden labels were looked at.
    `released` is the best released score with its interval, None before the first.
    """

    data: str
    version: str
    queries: int = 0
    released: float | None = None
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is kept between submissions: plain JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Ladder:
        """Read it back, strictly; raises LadderError naming the field."""
        names = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(kept, Mapping) or set(kept) != names:
            raise LadderError("a ladder has missing or unknown fields")
        for name in ("data", "version"):
            if not isinstance(kept[name], str):
                raise LadderError(f"{name} must be a text, not {kept[name]!r}")
        if type(kept["queries"]) is not int or kept["queries"] < 0:
            raise LadderError(f"queries must be a whole number from 0, not {kept['queries']!r}")
        scores = [kept[name] for name in ("released", "low", "high")]
        if any(score is None for score in scores) and scores != [None, None, None]:
            raise LadderError("released, low and high belong together")
        if not all(score is None or _is_number(score) for score in scores):
            raise LadderError("released, low and high must be finite numbers")
        return cls(**kept)

    def at(self, data: str, version: str) -> Ladder:
        """The ladder at this data. A score on other data says nothing here; looks count on within a version.

        So a new version of a problem with other data begins anew, one with the same data goes on, and
        a grader that draws its data for each submission still has its budget.
        """
        if self.data == data:
            return dataclasses.replace(self, version=version)
        return Ladder(data, version, self.queries if self.version == version else 0)

    def looked(self) -> Ladder:
        """One look more is used."""
        return dataclasses.replace(self, queries=self.queries + 1)

    def is_beaten_by(self, score: float, step: float, *, greater_is_better: bool) -> bool:
        """Whether a score is better than the released one by more than the step."""
        if self.released is None:
            return True
        gain = score - self.released if greater_is_better else self.released - score
        return round(gain, DIGITS) > step

    def releasing(self, score: float, low: float, high: float, step: float) -> Ladder:
        """The score released: rounded to the step, its interval rounded outwards."""
        return dataclasses.replace(
            self,
            released=round(round(score / step) * step, DIGITS),
            low=round(math.floor(low / step + 1e-9) * step, DIGITS),
            high=round(math.ceil(high / step - 1e-9) * step, DIGITS),
        )


def round_step(width: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is no more than `width`: a step people can read."""
    power = 10.0 ** math.floor(math.log10(width))
    return round(max(first * power for first in (1, 2, 5) if first * power <= width * (1 + 1e-9)), DIGITS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
