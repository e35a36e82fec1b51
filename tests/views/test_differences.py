"""Two submissions are compared line by line, and changed lines word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assignments.differences import Piece, compare, compare_files

BEFORE = "def f(x):\n    y = x + 1\n    return y\n"
AFTER = "def f(x):\n    y = x + 2\n    return y\n"


def test_a_changed_line_is_paired_and_its_changed_word_marked() -> None:
    (changed,) = [row for row in compare("solution.py", BEFORE, AFTER).rows if row.kind == "changed"]
    assert (changed.left_number, changed.right_number) == (2, 2)
    assert changed.left[-1] == Piece("1", True)
    assert changed.right[-1] == Piece("2", True)


def test_lines_without_likeness_are_not_paired() -> None:
    rows = compare("solution.py", "import numpy\n", "return -1.5\n").rows
    assert [row.kind for row in rows] == ["removed", "added"]


def test_added_and_removed_lines_are_counted() -> None:
    found = compare("solution.py", "a\nb\n", "a\nb\nc\nd\n")
    assert (found.added, found.removed) == (2, 0)
    assert [row.right_number for row in found.rows if row.kind == "added"] == [3, 4]


def test_equal_lines_far_from_a_change_are_folded() -> None:
    lines = [f"line {number}" for number in range(40)]
    changed = [*lines[:20], "something else", *lines[21:]]
    rows = compare("solution.py", "\n".join(lines), "\n".join(changed)).rows
    assert rows[0].kind == rows[-1].kind == "gap"
    shown = sum(row.left_number is not None for row in rows)
    assert shown + sum(row.skipped for row in rows) == 40


def test_equal_files_are_left_out() -> None:
    assert compare_files({"a.py": BEFORE, "b.py": BEFORE}, {"a.py": BEFORE, "b.py": AFTER})[0].name == "b.py"
    assert compare_files({"a.py": BEFORE}, {"a.py": BEFORE.rstrip("\n")}) == ()


def test_a_file_only_one_side_has_is_all_added_or_all_removed() -> None:
    (file,) = compare_files({}, {"extra.py": AFTER})
    assert (file.added, file.removed) == (3, 0)


def test_very_long_lines_are_marked_whole() -> None:
    rows = compare("solution.py", "x = " + "1" * 500, "x = " + "1" * 499 + "2").rows
    assert rows[0].left == (Piece("x = " + "1" * 500, True),)


texts = st.lists(st.sampled_from(["a = 1", "a = 2", "b = a", "return b", ""]), max_size=12).map("\n".join)


@given(texts, texts)
def test_each_side_can_be_read_back_from_the_rows(before: str, after: str) -> None:
    rows = compare("solution.py", before, after).rows
    for number, pieces, lines in (("left_number", "left", before), ("right_number", "right", after)):
        source = lines.splitlines()
        for row in rows:
            if (place := getattr(row, number)) is not None:
                assert "".join(piece.text for piece in getattr(row, pieces)) == source[place - 1]
