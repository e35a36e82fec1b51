"""What scores add up to: pure functions, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol, TypeVar

State = Literal["untouched", "tried", "solved"]


class Scored(Protocol):
    """Anything with a score: None while there is none."""

    @property
    def score(self) -> float | None:
        """Points reached."""

    @property
    def max_score(self) -> float:
        """Points that could be reached."""


class Override(Protocol):
    """A score set by hand; an empty one restores the graded score."""

    @property
    def score(self) -> float | None:
        """The score that was set."""


S = TypeVar("S", bound=Scored)


def final_score(run_score: float | None, overrides: Sequence[Override]) -> float | None:
    """The score that counts: the latest one set by hand, else the graded one."""
    if overrides and overrides[-1].score is not None:
        return overrides[-1].score
    return run_score


def best(attempts: Iterable[S]) -> S | None:
    """The attempt with the highest share of points, the first of equals; None where none has a score."""
    scored = [attempt for attempt in attempts if attempt.score is not None]
    return max(scored, key=_share) if scored else None


def state_of(attempts: Iterable[Scored]) -> State:
    """Where a learner stands with a problem."""
    listed = list(attempts)
    if any(attempt.score is not None and _share(attempt) >= 1 for attempt in listed):
        return "solved"
    return "tried" if listed else "untouched"


def _share(attempt: Scored) -> float:
    return (attempt.score or 0.0) / attempt.max_score if attempt.max_score > 0 else 0.0
