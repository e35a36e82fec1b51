"""What graders know from numpy and pytest says no to answers that merely broadcast."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograders.problem import load_problem
from autograders.sandbox import Sandbox
from tests.autograders.support import PROBLEMS, report_of

GRADER = """
import numpy as np
import pytest
from autograders.judge import check

@check(points=1)
def test_it(solution):
    \"\"\"It.\"\"\"
    answer = solution.double(1.0)
    {body}
"""
COMPARISONS = [
    "np.testing.assert_equal(answer, np.array([1.0, 1.0]))",
    "np.testing.assert_equal(answer, 1.0)",
    "np.testing.assert_allclose(answer, np.array([1.0, 1.0]))",
    "np.testing.assert_allclose(answer, np.array([[1.0, 1.0]]), rtol=1)",
    "np.testing.assert_array_equal(answer, np.array([1.0, 1.0]))",
    "np.testing.assert_array_almost_equal(answer, np.array([1.0, 1.0]))",
    "np.testing.assert_almost_equal(answer, np.array([1.0, 1.0]))",
    "np.testing.assert_array_less(answer, np.array([2.0, 2.0]))",
    "assert np.allclose(answer, np.array([1.0, 1.0]))",
    "assert np.allclose(answer, 1.0)",
    "assert answer == pytest.approx(1.0)",
    "assert answer == pytest.approx(np.array([1.0, 1.0]))",
    "assert np.array_equal(answer, np.array([1.0, 1.0]))",
    "np.testing.assert_equal(answer, 'text')",
    "np.testing.assert_equal(answer, b'text')",
    "np.testing.assert_equal(answer, {'a': 1})",
    "np.testing.assert_array_equal(answer, 'text')",
]


def outcome(tmp_path: Path, sandbox: Sandbox, body: str, answer: str) -> str:
    """What the check says to a solution that gives this answer."""
    for name in ("problem.toml", "statement.md", "starter.py", "reference.py"):
        (tmp_path / name).write_text((PROBLEMS / "double" / name).read_text())
    (tmp_path / "grader.py").write_text(GRADER.replace("{body}", body))
    source = f"import numpy as np\n\ndef double(x):\n    return {answer}\n"
    return report_of(load_problem(tmp_path), source, sandbox).checks[0].outcome


@pytest.mark.parametrize("body", COMPARISONS)
def test_an_empty_answer_equals_nothing(tmp_path: Path, sandbox: Sandbox, body: str) -> None:
    for empty in ("np.zeros(0)", "np.zeros((0, 2))"):
        assert outcome(tmp_path, sandbox, body, empty) == "failed", empty


@pytest.mark.parametrize("body", [body for body in COMPARISONS if "[1.0, 1.0]" in body])
def test_one_number_does_not_stand_for_an_array(tmp_path: Path, sandbox: Sandbox, body: str) -> None:
    for scalar in ("1.0", "np.ones(1)", "np.ones(())"):
        assert outcome(tmp_path, sandbox, body, scalar) == "failed", scalar


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("np.testing.assert_equal(answer, np.array([1.0, 1.0]))", "np.ones(2)"),
        ("np.testing.assert_equal(answer, {'a': [1, 2], 'b': 'text'})", "{'a': [1, 2], 'b': 'text'}"),
        ("np.testing.assert_allclose(answer, 1.0)", "np.ones((2, 3))"),
        ("np.testing.assert_allclose(answer, [1, 1])", "np.ones(2)"),
        ("assert np.allclose(answer, np.ones(2), atol=1e-9)", "np.ones(2)"),
        ("assert answer == pytest.approx(1.0)", "1.0 + 1e-9"),
        ("assert answer == pytest.approx(1.0)", "np.float64(1.0)"),
        ("assert answer == pytest.approx([1.0, 2.0])", "[1.0, 2.0]"),
    ],
)
def test_what_is_right_stays_right(tmp_path: Path, sandbox: Sandbox, body: str, answer: str) -> None:
    assert outcome(tmp_path, sandbox, body, answer) == "passed"
