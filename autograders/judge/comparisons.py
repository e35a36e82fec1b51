"""Strict comparisons of a learner's answer with the expected one, with words a learner can use."""

from __future__ import annotations

import dataclasses
import math
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograders.judge import recent
from autograders.judge.callbacks import GraderError
from autograders.judge.diagnosis import Finding, Pair, diagnose, exchanged, figures
from autograders.judge.proxies import Remote, class_name

TEXT_LIMIT = 600
NUMERIC_KINDS = {"b": "boolean", "i": "integer", "u": "integer", "f": "float", "c": "complex"}


MOST_ITEMS_EXCHANGED = 8
# What odd values may make of arithmetic: a difference that cannot be explained is still one.
ODD = (ArithmeticError, LookupError, MemoryError, TypeError, ValueError)
Leaf = Callable[[Any, Any, str], None]


class Mismatch(AssertionError):
    """An answer differs from what was expected; carries both as bounded text.

    `diagnosis` says how they differ, as far as is known: `name`, `title` and `sentence` of a row in the
    table of misconceptions, and `first_index`, `wrong`, `total`, `largest_error`, `tolerances`.
    """

    def __init__(self, message: str, expected: Any, actual: Any, diagnosis: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.expected, self.actual = show(expected), show(actual)
        self.diagnosis = diagnosis or {}


@dataclass(frozen=True)
class Rule:
    """How near is near enough, and the sizes that a difference may come from."""

    rtol: float = 0.0
    atol: float = 0.0
    equal_nan: bool = False
    sizes: tuple[int, ...] = ()

    def pair(self, actual: Any, expected: Any, wrong: np.ndarray[Any, Any] | None = None) -> Pair:
        """Both sides for the diagnosis, with the shapes of the solution's last calls."""
        shapes = recent.shapes()
        sizes = (*self.sizes, *(n for shape in shapes for n in (*shape, math.prod(shape))))
        options: dict[str, Any] = {"sizes": sizes, "hinted": bool(sizes), "shapes": shapes}
        options["inputs"] = recent.arrays()
        return Pair(actual, expected, rtol=self.rtol, atol=self.atol, wrong=wrong, **options)


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


def assert_close(
    actual: Any,
    expected: Any,
    rtol: float = 1e-7,
    atol: float = 0.0,
    *,
    equal_nan: bool = False,
    sizes: Sequence[int] = (),
    known: Mapping[str, Any] | None = None,
) -> None:
    """Fail unless `actual` is like `expected` in structure, shape and kind, and near it in every value.

    Near means |actual - expected| <= atol + rtol * |expected|. Lists, tuples and dictionaries are
    compared item by item. Integers may stand where floats are expected, not the reverse.
    NaN equals NaN only with `equal_nan`. Raises Mismatch, with a diagnosis where one is found.

    `sizes` are whole numbers that a wrong factor may come from, besides the dimensions of the solution's
    arguments and of the answer. `known` maps sentences for the learner to the answers that the mistakes
    they speak of would give, or to functions without arguments that compute them.
    """
    rule = Rule(float(rtol), float(atol), equal_nan, _whole(sizes))
    try:
        _compare(actual, expected, "the answer", lambda a, e, where: _close(a, e, where, rule), rule)
    except Mismatch as mismatch:
        if known and (found := _known(actual, known, rule)):
            raise _explained(mismatch, found) from None
        raise


def assert_same(actual: Any, expected: Any) -> None:
    """Fail unless `actual` equals `expected` exactly: structure, types, shape, dtype kind, values. Raises Mismatch."""
    _compare(actual, expected, "the answer", _same, Rule())


def _whole(sizes: Sequence[int]) -> tuple[int, ...]:
    try:
        given = tuple(sizes)
    except TypeError:
        raise GraderError(f"sizes must be whole numbers such as (n, k), not {show(sizes)}") from None
    for size in given:
        if not isinstance(size, int | np.integer) or isinstance(size, bool) or size < 0:
            raise GraderError(f"sizes must be whole numbers of at least 0, not {show(size)}")
    return tuple(int(size) for size in given)


def _known(actual: Any, known: Mapping[str, Any], rule: Rule) -> Finding | None:
    """The first of the author's own mistakes whose answer this is."""
    if not isinstance(known, Mapping) or not all(isinstance(sentence, str) for sentence in known):
        raise GraderError("known must map sentences to the answers of known mistakes")
    for sentence, answer in known.items():
        wrong = answer() if callable(answer) else answer
        try:
            _compare(actual, wrong, "", lambda a, e, where: _close(a, e, where, rule), rule)
        except Mismatch:
            continue
        return Finding("known", "A known mistake", sentence)
    return None


def _explained(mismatch: Mismatch, found: Finding) -> Mismatch:
    """The same mismatch with this finding in place of any other."""
    words = str(mismatch).removesuffix(mismatch.diagnosis.get("sentence", ""))
    made = Mismatch(in_sentences(words, found), None, None, mismatch.diagnosis | dataclasses.asdict(found))
    made.expected, made.actual = mismatch.expected, mismatch.actual
    return made


def in_sentences(words: str, found: Finding | None) -> str:
    """A message with the sentence of a finding behind it."""
    return f"{words.rstrip().removesuffix('.')}. {found.sentence}" if found else words


def _compare(actual: Any, expected: Any, where: str, leaf: Leaf, rule: Rule) -> None:
    if isinstance(expected, dict):
        _expect(isinstance(actual, dict), f"{where} must be a dict, not {_kind(actual)}", expected, actual)
        _expect(
            set(actual) == set(expected),
            f"{where} must have the keys {_names(expected)}, not {_names(actual)}",
            expected,
            actual,
        )
        _compare_items(actual, expected, list(expected), where, leaf, rule)
    elif isinstance(expected, tuple | list):
        kind = "tuple" if isinstance(expected, tuple) else "list"
        _expect(isinstance(actual, type(expected)), f"{where} must be a {kind}, not {_kind(actual)}", expected, actual)
        _expect(
            len(actual) == len(expected),
            f"{where} must have {len(expected)} items, not {len(actual)}",
            expected,
            actual,
        )
        _compare_items(actual, expected, range(len(expected)), where, leaf, rule)
    else:
        leaf(actual, expected, where)


def _compare_items(actual: Any, expected: Any, keys: Sequence[Any], where: str, leaf: Leaf, rule: Rule) -> None:
    for key in keys:
        try:
            _compare(actual[key], expected[key], f"{where}[{key!r}]", leaf, rule)
        except Mismatch as mismatch:
            found = _exchanged(actual, expected, key, keys, leaf, rule) or _as_array(actual, expected, rule)
            raise (_explained(mismatch, found) if found else mismatch) from None


def _exchanged(actual: Any, expected: Any, key: Any, keys: Sequence[Any], leaf: Leaf, rule: Rule) -> Finding | None:
    """That the item and another one stand in each other's place, where they are no mere labels."""
    if len(keys) > MOST_ITEMS_EXCHANGED:
        return None
    for other in keys:
        if other == key or not (_is_rich(expected[key]) or _is_rich(expected[other])):
            continue
        try:
            _compare(actual[key], expected[other], "", leaf, rule)
            _compare(actual[other], expected[key], "", leaf, rule)
        except Mismatch:
            continue
        return exchanged(f"Item {key!r}", f"item {other!r}")
    return None


def _is_rich(value: Any) -> bool:
    """Whether a value is hardly met by accident."""
    if isinstance(value, np.ndarray):
        return value.size > 1 or _is_rich(value.item() if value.size else None)
    return isinstance(value, float | np.floating) and math.isfinite(value) and value * 4 != round(value * 4)


def _as_array(actual: Any, expected: Any, rule: Rule) -> Finding | None:
    """The finding for a list or tuple of numbers, taken as an array."""
    if isinstance(expected, dict) or not all(map(_is_number, (*expected, *actual))):
        return None
    try:
        a, e = np.asarray(actual), np.asarray(expected)
        return diagnose(rule.pair(a, e, ~_near(a, e, rule))) if "O" not in (a.dtype.kind, e.dtype.kind) else None
    except ODD:
        return None


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


def _close(actual: Any, expected: Any, where: str, rule: Rule) -> None:
    if not isinstance(expected, np.ndarray) and not _is_number(expected):
        _same(actual, expected, where)
        return
    if type(actual) is int and type(expected) is int:
        _expect(actual == expected, f"{where} is wrong", expected, actual)
        return
    a, e = _numeric(actual, expected, where, rule)
    good = _near(a, e, rule)
    if not np.all(good):
        _report(a, e, good, where, rule)


def _near(a: np.ndarray[Any, Any], e: np.ndarray[Any, Any], rule: Rule) -> np.ndarray[Any, Any]:
    """Where two arrays of numbers of one shape are near enough."""
    if a.dtype.kind in "biu" and e.dtype.kind in "biu":
        return np.asarray(a == e)
    with np.errstate(invalid="ignore", over="ignore"):
        # Nothing finite is near an infinity, which is equal to itself alone.
        good = np.isfinite(a) & np.isfinite(e) & (np.abs(a - e) <= rule.atol + rule.rtol * np.abs(e))
    good |= a == e
    if rule.equal_nan:
        good |= np.isnan(a) & np.isnan(e)
    return np.asarray(good)


def _numeric(actual: Any, expected: Any, where: str, rule: Rule) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    e = np.asarray(expected)
    if isinstance(expected, np.ndarray) and e.ndim:
        if not isinstance(actual, np.ndarray):
            raise complaint(f"{where} must be a numpy array, not {_kind(actual)}", expected, actual, rule)
    elif not _is_number(actual) and not (isinstance(actual, np.ndarray) and actual.ndim == 0):
        raise complaint(f"{where} must be a number, not {_kind(actual)}", expected, actual, rule)
    a = np.asarray(_within_float(actual) if e.dtype.kind in "fc" else actual)
    if a.shape != e.shape:
        raise complaint(f"{where} must have shape {e.shape}, not {a.shape}", expected, actual, rule)
    allowed = {"b": "b", "i": "iu", "u": "iu", "f": "fiu", "c": "cfiu"}.get(e.dtype.kind, e.dtype.kind)
    if a.dtype.kind not in allowed:
        wanted = NUMERIC_KINDS.get(e.dtype.kind, str(e.dtype))
        raise complaint(f"{where} must be {wanted}, not {a.dtype}", expected, actual, rule)
    return a, e


def complaint(message: str, expected: Any, actual: Any, rule: Rule) -> Mismatch:
    """A mismatch of shape or kind, with what is known of its cause."""
    found = None
    if isinstance(actual, np.ndarray) or _is_number(actual):
        try:
            a, e = np.asarray(actual), np.asarray(expected)
            if a.dtype.kind in NUMERIC_KINDS and e.dtype.kind in NUMERIC_KINDS:
                found = diagnose(rule.pair(a, e))
        except ODD:
            found = None
    return Mismatch(in_sentences(message, found), expected, actual, dataclasses.asdict(found) if found else None)


def _within_float(value: Any) -> Any:
    """Whole numbers beyond 64 bits may stand where floats are expected, too."""
    if type(value) is not int or value.bit_length() < 64:
        return value
    return float(value) if value.bit_length() < 1_000 else (math.inf if value > 0 else -math.inf)


def _report(
    a: np.ndarray[Any, Any], e: np.ndarray[Any, Any], good: np.ndarray[Any, Any], where: str, rule: Rule
) -> None:
    found, told = _diagnosed(a, e, good, rule)
    name = "error" if a.ndim == 0 else "largest error"
    error = f"; the {name} is {times(told['tolerances'])} the tolerance" if told.get("tolerances") else ""
    if a.ndim == 0:
        raise Mismatch(in_sentences(f"{where} is wrong{error}", found), e[()], a[()], told)
    first = tuple(int(i) for i in np.unravel_index(int(np.argmin(good)), good.shape))
    place = ", ".join(map(str, first))
    wrong = int((~good).sum())
    words = f"{where} differs in {wrong:,} of {good.size:,} values, first at [{place}]: "
    words += f"expected {_show_item(e[first])}, found {_show_item(a[first])}{error}"
    raise Mismatch(in_sentences(words, found), e, a, told)


def explained_shapes(message: str, actual: Any, expected: Any) -> Mismatch:
    """The mismatch of two shapes, as numpy's own comparisons find it, with what is known of its cause."""
    return complaint(message, expected, actual, Rule())


def explained_difference(actual: Any, expected: Any, rule: Rule, preface: str) -> Mismatch | None:
    """The mismatch of what numpy's own comparisons found to differ; None where ours has no words for it."""
    try:
        a, e = np.asarray(actual), np.asarray(expected)
        if a.dtype.kind not in NUMERIC_KINDS or e.dtype.kind not in NUMERIC_KINDS:
            return None
        a, e = np.broadcast_arrays(a, e)
        good = _near(a, e, rule)
        if np.all(good):
            return None
        _report(a, e, good, "the answer", rule)
    except Mismatch as mismatch:
        words = f"{preface}: {mismatch}" if preface else str(mismatch)
        made = Mismatch(words, None, None, mismatch.diagnosis)
        made.expected, made.actual = mismatch.expected, mismatch.actual
        return made
    except ODD:
        return None
    return None


def times(ratio: float) -> str:
    """How many times the tolerance an error is, in few digits."""
    return f"{ratio:.2g} times" if ratio < 100 else f"{ratio:.1e} times"


def _diagnosed(
    a: np.ndarray[Any, Any], e: np.ndarray[Any, Any], good: np.ndarray[Any, Any], rule: Rule
) -> tuple[Finding | None, dict[str, Any]]:
    """The finding, and its words and figures in one table."""
    if a.dtype.kind not in NUMERIC_KINDS or e.dtype.kind not in NUMERIC_KINDS:
        return None, {}
    try:
        pair = rule.pair(a, e, ~good)
        told = figures(pair)
        found = diagnose(pair)
    except ODD:
        return None, {}
    if found is None and a.ndim == 0 and told["tolerances"] is None:
        return None, {}  # two whole numbers that differ: both are shown, and there is no more to say
    return found, told | (dataclasses.asdict(found) if found else {})


def _same(actual: Any, expected: Any, where: str) -> None:
    if type(actual) is int and type(expected) is int:
        _expect(actual == expected, f"{where} is wrong", expected, actual)
        return
    if isinstance(expected, np.ndarray) or (_is_number(expected) and not isinstance(expected, bool)):
        a, e = _numeric(actual, expected, where, Rule())
        if a.dtype.kind in "iu" and e.dtype.kind == "f":
            raise complaint(f"{where} must be float, not {a.dtype}", expected, actual, Rule())
        good = np.asarray(a == e)
        if not np.all(good):
            _report(a, e, good, where, Rule())
        return
    if isinstance(expected, bool) and isinstance(actual, np.bool_):
        actual = bool(actual)
    _expect(
        type(actual) is type(expected), f"{where} must be {_article(expected)}, not {_kind(actual)}", expected, actual
    )
    _expect(actual == expected, f"{where} is wrong", expected, actual)


def _article(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
