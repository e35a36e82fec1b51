"""Makes the comparisons that graders know from elsewhere as strict as a grader needs them.

numpy and pytest compare what broadcasts, so an empty array equals everything: to a learner who
returns one, `assert_equal(answer, expected)` would say yes without having compared a single value.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograders.judge import unequal
from autograders.judge.comparisons import Rule, explained_difference, explained_shapes

ASSERTIONS = (
    *("assert_equal", "assert_allclose", "assert_almost_equal", "assert_approx_equal", "assert_array_equal"),
    *("assert_array_almost_equal", "assert_array_almost_equal_nulp", "assert_array_max_ulp", "assert_array_less"),
)
PREDICATES = ("allclose", "array_equiv")
_MARK = "__compares_shapes__"


# What the comparisons of numpy tolerate, from the arguments they were given.
RULES: dict[str, Callable[[dict[str, Any]], Rule]] = {
    "assert_equal": lambda given: Rule(equal_nan=True),
    "assert_array_equal": lambda given: Rule(equal_nan=True),
    "assert_allclose": lambda given: Rule(float(given["rtol"]), float(given["atol"]), bool(given["equal_nan"])),
    "assert_almost_equal": lambda given: Rule(0.0, 1.5 * 10.0 ** -int(given["decimal"]), equal_nan=True),
    "assert_array_almost_equal": lambda given: Rule(0.0, 1.5 * 10.0 ** -int(given["decimal"]), equal_nan=True),
}


def install() -> None:
    """Replace the comparisons in this process, once; a grader finds them under their usual names."""
    for name in ASSERTIONS:
        _replace(np.testing, name, _asserting)
    for name in PREDICATES:
        _replace(np, name, _answering)
    _replace(type(pytest.approx(1.0)), "__eq__", _of_a_number)
    _replace(type(pytest.approx(np.ones(1))), "__eq__", _of_an_array)


def mismatched_shapes(actual: Any, desired: Any) -> str:
    """What is wrong with the shape of an answer beside the expected one, "" where nothing is.

    A number may be expected of every value of an array that has some.
    """
    for kind in (str, bytes, dict):
        if isinstance(desired, kind) or isinstance(actual, kind):
            return "" if isinstance(desired, kind) and isinstance(actual, kind) else _other_kind(actual, desired)
    try:
        found, wanted = np.shape(actual), np.shape(desired)
    except ValueError:
        return ""  # lists of unequal lengths: the comparison itself has words for that
    if found == wanted or (not wanted and 0 not in found):
        return ""
    return f"the answer must have shape {wanted}, not {found}"


def _other_kind(actual: Any, desired: Any) -> str:
    return f"the answer must be a {type(desired).__name__}, not a {type(actual).__name__}"


def _asserting(compare: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(compare)
    def strict(actual: Any, desired: Any, *arguments: Any, **options: Any) -> Any:
        if wrong := mismatched_shapes(actual, desired):
            raise explained_shapes(wrong, actual, desired)
        try:
            return compare(actual, desired, *arguments, **options)
        except AssertionError as error:
            rule = RULES.get(compare.__name__)
            given = _given(compare, actual, desired, *arguments, **options) if rule else {}
            found = explained_difference(actual, desired, rule(given), given.get("err_msg", "")) if rule else None
            raise (found or error) from None

    return strict


def _given(compare: Callable[..., Any], *arguments: Any, **options: Any) -> dict[str, Any]:
    """All arguments of a comparison by name, with its defaults."""
    bound = inspect.signature(compare).bind(*arguments, **options)
    bound.apply_defaults()
    return bound.arguments


def _answering(compare: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(compare)
    def strict(actual: Any, desired: Any, *arguments: Any, **options: Any) -> Any:
        return not mismatched_shapes(actual, desired) and compare(actual, desired, *arguments, **options)

    return strict


def _of_a_number(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    @functools.wraps(compare)
    def strict(self: Any, actual: Any) -> bool:
        return np.ndim(actual) == 0 and _noted(self, actual, compare(self, actual))

    return strict


def _of_an_array(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    @functools.wraps(compare)
    def strict(self: Any, actual: Any) -> bool:
        same_shape = np.shape(actual) == np.shape(self.expected)
        return _noted(self, actual, same_shape and compare(self, actual))

    return strict


def _noted(approx: Any, actual: Any, equal: bool) -> bool:
    """Keep what was unequal to a `pytest.approx`: where an assertion fails for it, it is explained."""
    if not equal:
        rule = Rule(
            1e-6 if approx.rel is None else float(approx.rel), 1e-12 if approx.abs is None else float(approx.abs)
        )
        unequal.note(actual, approx.expected, rule)
    return equal


def _replace(owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
    current = getattr(owner, name)
    if not hasattr(current, _MARK):
        strict = wrap(current)
        setattr(strict, _MARK, True)
        setattr(owner, name, strict)
