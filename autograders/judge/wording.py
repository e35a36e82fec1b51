"""What a learner reads when a check does not pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autograders.judge import unequal
from autograders.judge.callbacks import GraderError
from autograders.judge.comparisons import Mismatch
from autograders.judge.proxies import ReferenceFailed, SolutionError, SolutionStopped
from autograders.report import plain_text

TEXT_LIMIT = 2_000
LINES_LIMIT = 24
# What pytest.raises says where nothing was raised.
# What an operating system says where a limit of ours stands behind it; the figures come with the run.
BEHIND_IT = (
    (re.compile(r"\[Errno 24\]"), "the limit of {files} open files"),
    (re.compile(r"\[Errno 2[78]\]"), "the limit of {scratch_mb} MB for scratch files"),
    (re.compile(r"can't start new thread"), "the limit of {threads} threads, or of the memory that theirs take"),
    (re.compile(r"\[Errno (?:1|13|30)\]"), "the sandbox: no new processes, no network, no files but scratch files"),
)
NOT_RAISED = re.compile(r"DID NOT RAISE (?:<class ')?(?:\w+\.)*(\w+)")


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Bounded plain text: no control characters, few lines."""
    # Cut first: the text may quote an answer of many megabytes.
    lines = plain_text(text[: 4 * limit]).splitlines()
    if len(lines) > LINES_LIMIT:
        lines = [*lines[: LINES_LIMIT - 1], "…"]
    short = "\n".join(lines)
    return short if len(short) <= limit else short[: limit - 1] + "…"


def describe_failure(
    error: BaseException, *, in_call: bool, bounds: Mapping[str, float]
) -> tuple[str, str, dict[str, Any]]:
    """Outcome, message and detail for the exception that ended a check under these bounds of the jail."""
    if isinstance(error, ReferenceFailed):
        return "broken", clean(f"the grader failed: its reference did not answer: {error}"), {}
    if isinstance(error, GraderError):
        return "broken", clean(f"the grader failed: {error}"), {}
    if isinstance(error, NameError | ImportError) and not isinstance(error, SolutionError):
        return "broken", clean(f"the grader failed: {type(error).__name__}: {error}"), {}
    if isinstance(error, Mismatch):
        detail: dict[str, Any] = {"kind": "comparison"}
        detail |= {"expected": clean(error.expected), "actual": clean(error.actual)}
        if error.diagnosis:
            detail["diagnosis"] = error.diagnosis
        return "failed", clean(str(error)), detail
    if isinstance(error, SolutionStopped):
        return "failed", clean(str(error)), {"kind": "stopped", "limit": error.limit}
    if isinstance(error, SolutionError):
        return "failed", clean(_describe_raise(error, bounds)), {}
    if not in_call:
        return "broken", clean(f"the grader failed: {type(error).__name__}: {error}"), {}
    if isinstance(error, AssertionError):
        if found := unequal.explained(error, _authors_words(str(error))):
            return describe_failure(found, in_call=in_call, bounds=bounds)
        return "failed", clean(_own_words(str(error)) or "the check's assertion does not hold"), {}
    if missed := NOT_RAISED.search(str(error)):
        return "failed", f"your code raised nothing; {missed.group(1)} is asked for here", {}
    # The author's code tripped over the answer, as over None where an array belongs.
    return "failed", clean(f"your answer could not be used by this check ({type(error).__name__}: {error})"), {}


def _describe_raise(error: SolutionError, bounds: Mapping[str, float]) -> str:
    if error.kind == "WireError":
        return f"your answer could not be passed back: {error}"
    if error.kind == "MemoryError":
        return "your code ran out of the memory allowed (MemoryError)" + _where(error)
    words = f": {error}" if str(error) else ""
    if isinstance(error, OSError | RuntimeError):
        words += next((f"; this is {what.format(**bounds)}" for sign, what in BEHIND_IT if sign.search(str(error))), "")
    return f"your code raised {error.kind}{words}{_where(error)}"


def _where(error: SolutionError) -> str:
    lines = [f"\n  {file} line {number}, in {name}: {line}" for file, number, name, line in error.frames[-4:]]
    return "".join(lines)


def _authors_words(text: str) -> str:
    """What the author wrote behind an assertion, "" where nothing."""
    return text.partition("\nassert ")[0].strip() if "\nassert " in text else ""


def _own_words(text: str) -> str:
    """An assertion's message without pytest's account of its parts, unless that is all there is."""
    message, found, _ = text.partition("\nassert ")
    return message.strip() if found else text.strip()
