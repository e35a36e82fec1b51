"""Whichever way an author compares, a failed check says where, how much and what kind of difference there is."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from autograders.judge import GraderError, Mismatch, assert_close, recent
from tests.autograders.judge.conftest import Judge

SOURCE = """
import numpy as np

def answer(x):
    return {answer}
"""


@pytest.mark.parametrize(
    ("body", "answer", "name"),
    [
        ("assert_close(solution.answer(x), x)", "-x", "sign"),
        ("np.testing.assert_allclose(solution.answer(x), x, rtol=1e-6)", "-x", "sign"),
        ("np.testing.assert_allclose(solution.answer(x), x, 1e-6, 1e-9)", "2 * x", "factor-two"),
        ("np.testing.assert_array_equal(solution.answer(x), x)", "x[::-1]", "reversed"),
        ("np.testing.assert_equal(solution.answer(x), x)", "x[:, None]", "extra-axis"),
        ("np.testing.assert_array_almost_equal(solution.answer(x), x, decimal=4)", "np.degrees(x)", "degrees"),
        ("np.testing.assert_almost_equal(solution.answer(x), x.var())", "float(x.var(ddof=1))", "sample-deviation"),
        ("assert_close(solution.answer(x), x.var())", "float(x.var() * 9)", "missing-mean"),
        ("assert solution.answer(x) == pytest.approx(x)", "-x", "sign"),
        ("assert solution.answer(x) == pytest.approx(x)", "x[:, None]", "extra-axis"),
        ("assert solution.answer(x) == pytest.approx(float(x.var()))", "float(2 * x.var())", "factor-two"),
        ("assert_close((solution.answer(x)), (x, -x))", "(-x, x)", "items-exchanged"),
        ("assert_close(solution.answer(x), list(map(float, x)))", "[-float(v) for v in x]", "sign"),
    ],
)  # fmt: skip
def test_a_graded_check_carries_the_diagnosis(judge: Judge, body: str, answer: str, name: str) -> None:
    check = judge(f"x = rng.normal(size=9)\n{body}", SOURCE.replace("{answer}", answer))
    assert check.outcome == "failed"
    assert check.detail["diagnosis"]["name"] == name, check.message
    assert check.detail["diagnosis"]["sentence"] in check.message
    assert check.detail["expected"]


def test_the_authors_own_words_stand_first(judge: Judge) -> None:
    body = "x = rng.normal(size=9)\nnp.testing.assert_allclose(solution.answer(x), x, err_msg='the residuals')"
    assert judge(body, SOURCE.replace("{answer}", "-x")).message.startswith("the residuals: the answer differs in 9")


def test_what_passes_elsewhere_passes_here(judge: Judge) -> None:
    body = """x = rng.normal(size=9)
np.testing.assert_allclose(solution.answer(x), x + 1e-9, rtol=0, atol=1e-8)
np.testing.assert_equal(solution.answer(np.array([np.nan])), np.array([np.nan]))"""
    assert judge(body, SOURCE.replace("{answer}", "x")).outcome == "passed"


def test_an_assertion_of_something_else_is_not_explained_by_an_earlier_approx(judge: Judge) -> None:
    body = """x = rng.normal(size=9)
near = solution.answer(x) == pytest.approx(x)
assert not x.any(), "the reason" """
    check = judge(body, SOURCE.replace("{answer}", "-x"))
    assert check.message == "the reason"
    assert "diagnosis" not in check.detail


def test_what_numpy_alone_has_words_for_keeps_them(judge: Judge) -> None:
    check = judge("np.testing.assert_equal(solution.answer('a'), 'b')", SOURCE.replace("{answer}", "x"))
    assert check.outcome == "failed"
    assert "DESIRED" in check.message
    check = judge("np.testing.assert_array_less(solution.answer(np.ones(2)), 0)", SOURCE.replace("{answer}", "x"))
    assert "ordered" in check.message


def figures_of(actual: Any, expected: Any, **options: Any) -> dict[str, Any]:
    """The diagnosis of a mismatch."""
    with pytest.raises(Mismatch) as caught:
        assert_close(actual, expected, **options)
    return caught.value.diagnosis


def test_the_figures_are_those_of_the_tolerance_in_force() -> None:
    told = figures_of(np.array([[1.0, 2.0], [4.3, 10.0]]), np.array([[1.0, 2.0], [4.0, 8.0]]), rtol=0.01, atol=0.02)
    assert told["first_index"] == [1, 0]
    assert (told["wrong"], told["total"]) == (2, 4)
    assert told["largest_error"] == 2.0
    assert told["tolerances"] == pytest.approx(2.0 / (0.02 + 0.08), rel=1e-5)


def test_sizes_help_where_the_arguments_are_not_known() -> None:
    recent.forget()
    values = np.array([0.3, 1.7, 2.9, 0.2])
    assert figures_of(50 * values, values, sizes=(50, 3))["name"] == "missing-mean"
    assert figures_of(50.3 * values, values, sizes=(50, 3))["name"] == "factor"


@pytest.mark.parametrize("sizes", [3, "ab", (1.5,), (True,), (-1,)])
def test_sizes_that_are_none_are_the_authors_fault(sizes: Any) -> None:
    with pytest.raises(GraderError, match="sizes must be whole numbers"):
        assert_close(1.0, 2.0, sizes=sizes)


def test_an_author_may_name_mistakes_of_the_problem() -> None:
    x = np.random.default_rng(0).normal(size=6)
    known = {"The scores are not divided by sqrt(d).": np.tanh(x), "The bias is missing.": lambda: x + 1}
    assert figures_of(np.tanh(x), 3 * x**2, known=known)["name"] == "known"
    with pytest.raises(Mismatch, match=r"The bias is missing\.$"):
        assert_close(x + 1, 3 * x**2, known=known)
    assert "name" not in figures_of(np.cos(x), 3 * x**2, known=known)
    with pytest.raises(GraderError, match="known must map sentences"):
        assert_close(1.0, 2.0, known=["text"])  # type: ignore[arg-type]


def test_of_a_hidden_check_nothing_of_it_is_seen(judge: Judge) -> None:
    check = judge("x = rng.normal(size=9)\nassert_close(solution.answer(x), x)", SOURCE.replace("{answer}", "-x"))
    assert check.for_learner().detail["diagnosis"]["name"] == "sign"
    learner = dataclasses.replace(check, hidden=True).for_learner()
    assert learner.detail == {}
    assert "sign" not in learner.message
