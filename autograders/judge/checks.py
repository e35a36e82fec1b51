"""The `@check` decorator: what a test is worth and what a learner may see of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
ATTRIBUTE = "__check__"


@dataclass(frozen=True)
class CheckOptions:
    """The arguments of one `@check`."""

    points: float
    hidden: bool
    hint: str
    depends_on: tuple[str, ...]


def check(*, points: float, hidden: bool = False, hint: str = "", depends_on: Sequence[str] = ()) -> Callable[[F], F]:
    """Mark a pytest function as a check.

    `points` is its worth (shared among the cases of a parametrized check). Of a `hidden` check a
    learner sees the docstring, passed or not, and `hint`. It is skipped where a check named in
    `depends_on` did not pass. Arguments are literals: the site reads them without running the file.
    """
    if points < 0:
        raise ValueError(f"points must not be negative, not {points}")
    options = CheckOptions(float(points), hidden, hint, tuple(depends_on))

    def mark(function: F) -> F:
        setattr(function, ATTRIBUTE, options)
        return function

    return mark
