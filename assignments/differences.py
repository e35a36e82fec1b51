"""What changed between two submissions, as rows that a template can lay out. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

CONTEXT = 3
WORD = re.compile(r"\w+|\s+|[^\w\s]")
# Beyond this, matching word by word costs more than it tells.
LONG_LINE = 400

RowKind = Literal["same", "removed", "added", "changed", "gap"]


@dataclass(frozen=True)
class Piece:
    """A stretch of a line; `changed` where the other side has something else."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the comparison. `skipped` counts the equal lines that a gap stands for."""

    kind: RowKind
    left_number: int | None = None
    left: tuple[Piece, ...] = ()
    right_number: int | None = None
    right: tuple[Piece, ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class FileDifference:
    """One file's rows, with how many lines were added and removed."""

    name: str
    rows: tuple[Row, ...]
    added: int
    removed: int


def compare_files(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileDifference, ...]:
    """Compare two submissions file by file; equal files are left out."""
    names = sorted({*before, *after})
    pairs = [(name, before.get(name, ""), after.get(name, "")) for name in names]
    return tuple(compare(name, old, new) for name, old, new in pairs if old.splitlines() != new.splitlines())


def compare(name: str, before: str, after: str) -> FileDifference:
    """Compare two texts line by line, and changed lines word by word."""
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    rows = tuple(_rows(matcher, old, new))
    added = sum(row.kind in ("added", "changed") for row in rows)
    removed = sum(row.kind in ("removed", "changed") for row in rows)
    return FileDifference(name, rows, added, removed)


def _rows(matcher: difflib.SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    seen = 0
    for group in matcher.get_grouped_opcodes(CONTEXT):
        start = group[0][1]
        if start > seen:
            yield Row("gap", skipped=start - seen)
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                for offset in range(i2 - i1):
                    piece = (Piece(old[i1 + offset]),)
                    yield Row("same", i1 + offset + 1, piece, j1 + offset + 1, piece)
            else:
                yield from _block(old, i1, i2, new, j1, j2)
        seen = group[-1][2]
    if seen < len(old):
        yield Row("gap", skipped=len(old) - seen)


def _block(old: Sequence[str], i1: int, i2: int, new: Sequence[str], j1: int, j2: int) -> Iterator[Row]:
    """A replaced block: lines that resemble each other are paired, the rest stands alone."""
    paired = min(i2 - i1, j2 - j1)
    for offset in range(paired):
        left, right = old[i1 + offset], new[j1 + offset]
        if not _alike(left, right):
            yield Row("removed", i1 + offset + 1, (Piece(left),))
            yield Row("added", right_number=j1 + offset + 1, right=(Piece(right),))
        else:
            marked = _words(left, right)
            yield Row("changed", i1 + offset + 1, marked[0], j1 + offset + 1, marked[1])
    for index in range(i1 + paired, i2):
        yield Row("removed", index + 1, (Piece(old[index]),))
    for index in range(j1 + paired, j2):
        yield Row("added", right_number=index + 1, right=(Piece(new[index]),))


def _alike(left: str, right: str) -> bool:
    """Whether two lines share enough words to be read as one line that changed."""
    if max(len(left), len(right)) > LONG_LINE:
        return True
    old, new = ([word for word in WORD.findall(line) if word.strip()] for line in (left, right))
    return difflib.SequenceMatcher(None, old, new, autojunk=False).ratio() >= 0.4


def _words(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if max(len(left), len(right)) > LONG_LINE:
        return (Piece(left, True),), (Piece(right, True),)
    old, new = WORD.findall(left), WORD.findall(right)
    before: list[Piece] = []
    after: list[Piece] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if i2 > i1:
            before.append(Piece("".join(old[i1:i2]), tag != "equal"))
        if j2 > j1:
            after.append(Piece("".join(new[j1:j2]), tag != "equal"))
    return tuple(before), tuple(after)
