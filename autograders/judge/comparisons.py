"""Strict comparisons of a learner's answer with the expected one, with words a learner can use."""

from __future__ import annotations

import math
import reprlib
from typing import Any

import numpy as np

from autograders.judge.proxies import Remote, class_name

TEXT_LIMIT = 600
NUMERIC_KINDS = {"b": "boolean", "i": "integer", "u": "integer", "f": "float", "c": "complex"}


class Mismatch(AssertionError):
    """An answer differs from what was expected; carries both as bounded text."""

    def __init__(self, message: str, expected: Any, actual: Any) -> None:
        super().__init__(message)
        self.expected, self.actual = show(expected), show(actual)


def show(value: Any) -> str:
    """A value as bounded, readable text."""
    if isinstance(value, str) and "\n" in value:
        text = value
    elif isinstance(value, np.ndarray):
        body = np.array2string(value, precision=8, threshold=24, edgeitems=3)
        text = f"{body}\nshape {value.shape}, {value.dtype}" if value.ndim else body
    else:
        text = _show_plain(value)
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"


def _show_plain(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_show_item(item)}" for key, item in list(value.items())[:12]) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(_show_item(item) for item in value[:24]) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        dots = ", …" if len(value) > 24 else ""
        return "[" + ", ".join(_show_item(item) for item in value[:24]) + dots + "]"
    return _show_item(value)


def _show_item(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=6, threshold=8, edgeitems=2).replace("\n", "")
    if isinstance(value, float | np.floating):
        return f"{float(value):.10g}"
    if isinstance(value, np.generic):
        return str(value.item())
    return _SHORT.repr(value)


class _Short(reprlib.Repr):
    """A repr whose cost is bounded too: an answer may hold a million items or an endless integer."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 3, 200, 200
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = self.maxfrozenset = 12

    def repr_int(self, x: int, level: int) -> str:
        return repr(x) if x.bit_length() <= 512 else f"an integer of {x.bit_length():,} bits"

    def repr_bytes(self, x: bytes, level: int) -> str:
        return repr(x) if len(x) <= 100 else f"{x[:100]!r}..."


_SHORT = _Short()


def assert_close(actual: Any, expected: Any, rtol: float = 1e-7, atol: float = 0.0, *, equal_nan: bool = False) -> None:
    """Fail unless `actual` is like `expected` in structure, shape and kind, and near it in every value.

    Near means |actual - expected| <= atol + rtol * |expected|. Lists, tuples and dictionaries are
    compared item by item. Integers may stand where floats are expected, not the reverse.
    NaN equals NaN only with `equal_nan`. Raises Mismatch.
    """
    _compare(actual, expected, "the answer", lambda a, e, where: _close(a, e, where, rtol, atol, equal_nan))


def assert_same(actual: Any, expected: Any) -> None:
    """Fail unless `actual` equals `expected` exactly: structure, types, shape, dtype kind, values. Raises Mismatch."""
    _compare(actual, expected, "the answer", _same)


def _compare(actual: Any, expected: Any, where: str, leaf: Any) -> None:
    if isinstance(expected, dict):
        _expect(isinstance(actual, dict), f"{where} must be a dict, not {_kind(actual)}", expected, actual)
        _expect(
            set(actual) == set(expected),
            f"{where} must have the keys {_names(expected)}, not {_names(actual)}",
            expected,
            actual,
        )
        for key in expected:
            _compare(actual[key], expected[key], f"{where}[{key!r}]", leaf)
    elif isinstance(expected, tuple | list):
        kind = "tuple" if isinstance(expected, tuple) else "list"
        _expect(isinstance(actual, type(expected)), f"{where} must be a {kind}, not {_kind(actual)}", expected, actual)
        _expect(
            len(actual) == len(expected),
            f"{where} must have {len(expected)} items, not {len(actual)}",
            expected,
            actual,
        )
        for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
            _compare(a, e, f"{where}[{i}]", leaf)
    else:
        leaf(actual, expected, where)


def _names(value: dict[Any, Any]) -> str:
    return ", ".join(sorted(repr(key) for key in value)[:12]) or "none"


def _expect(condition: bool, message: str, expected: Any, actual: Any) -> None:
    if not condition:
        raise Mismatch(message, expected, actual)


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, Remote):
        return f"an object of the class {class_name(value)}"
    return "None" if value is None else f"a {type(value).__name__}"


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float | complex | np.number | np.bool_)


def _close(actual: Any, expected: Any, where: str, rtol: float, atol: float, equal_nan: bool) -> None:
    if not isinstance(expected, np.ndarray) and not _is_number(expected):
        _same(actual, expected, where)
        return
    if type(actual) is int and type(expected) is int:
        _expect(actual == expected, f"{where} is wrong", expected, actual)
        return
    a, e = _numeric(actual, expected, where)
    if a.dtype.kind in "biu" and e.dtype.kind in "biu":
        good = a == e
    else:
        with np.errstate(invalid="ignore", over="ignore"):
            # Nothing finite is near an infinity, which is equal to itself alone.
            good = np.isfinite(a) & np.isfinite(e) & (np.abs(a - e) <= atol + rtol * np.abs(e))
        good |= a == e
        if equal_nan:
            good |= np.isnan(a) & np.isnan(e)
    if not np.all(good):
        _report(a, e, np.asarray(good), where)


def _numeric(actual: Any, expected: Any, where: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    e = np.asarray(expected)
    if isinstance(expected, np.ndarray) and e.ndim:
        _expect(isinstance(actual, np.ndarray), f"{where} must be a numpy array, not {_kind(actual)}", expected, actual)
    elif not _is_number(actual) and not (isinstance(actual, np.ndarray) and actual.ndim == 0):
        raise Mismatch(f"{where} must be a number, not {_kind(actual)}", expected, actual)
    a = np.asarray(_within_float(actual) if e.dtype.kind in "fc" else actual)
    _expect(a.shape == e.shape, f"{where} must have shape {e.shape}, not {a.shape}", expected, actual)
    allowed = {"b": "b", "i": "iu", "u": "iu", "f": "fiu", "c": "cfiu"}.get(e.dtype.kind, e.dtype.kind)
    wanted = NUMERIC_KINDS.get(e.dtype.kind, str(e.dtype))
    _expect(a.dtype.kind in allowed, f"{where} must be {wanted}, not {a.dtype}", expected, actual)
    return a, e


def _within_float(value: Any) -> Any:
    """Whole numbers beyond 64 bits may stand where floats are expected, too."""
    if type(value) is not int or value.bit_length() < 64:
        return value
    return float(value) if value.bit_length() < 1_000 else (math.inf if value > 0 else -math.inf)


def _report(a: np.ndarray[Any, Any], e: np.ndarray[Any, Any], good: np.ndarray[Any, Any], where: str) -> None:
    if a.ndim == 0:
        raise Mismatch(f"{where} is wrong", e[()], a[()])
    first = tuple(int(i) for i in np.argwhere(~good)[0])
    place = ", ".join(map(str, first))
    wrong = int((~good).sum())
    words = f"{where} differs in {wrong:,} of {good.size:,} values, first at [{place}]: "
    raise Mismatch(words + f"expected {_show_item(e[first])}, found {_show_item(a[first])}", e, a)


def _same(actual: Any, expected: Any, where: str) -> None:
    if type(actual) is int and type(expected) is int:
        _expect(actual == expected, f"{where} is wrong", expected, actual)
        return
    if isinstance(expected, np.ndarray) or (_is_number(expected) and not isinstance(expected, bool)):
        a, e = _numeric(actual, expected, where)
        if a.dtype.kind in "iu" and e.dtype.kind == "f":
            raise Mismatch(f"{where} must be float, not {a.dtype}", expected, actual)
        good = np.asarray(a == e)
        if not np.all(good):
            _report(a, e, good, where)
        return
    if isinstance(expected, bool) and isinstance(actual, np.bool_):
        actual = bool(actual)
    _expect(
        type(actual) is type(expected), f"{where} must be {_article(expected)}, not {_kind(actual)}", expected, actual
    )
    _expect(actual == expected, f"{where} is wrong", expected, actual)


def _article(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
