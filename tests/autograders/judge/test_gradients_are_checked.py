"""`gradients`: right ones pass, also of stiff, noisy and kinked functions; of wrong ones it says which and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograders.judge import GraderError, Mismatch
from autograders.judge.gradients import check_gradients
from tests.autograders.judge.conftest import Judge

Array = np.ndarray[Any, Any]
RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(30, 6)), RNG.normal(size=(30, 3))
NETWORK = {
    "W1": RNG.normal(size=(6, 8)), "b1": RNG.normal(size=8), "W2": RNG.normal(size=(8, 3)), "b2": np.zeros(3)
}  # fmt: skip
W = RNG.normal(size=5)


def loss(W1: Array, b1: Array, W2: Array, b2: Array) -> float:
    """The mean squared error of a network with one hidden layer of rectified units."""
    return float(np.mean((np.maximum(X @ W1 + b1, 0) @ W2 + b2 - Y) ** 2))


def right(W1: Array, b1: Array, W2: Array, b2: Array) -> dict[str, Array]:
    """Its gradient by the chain rule."""
    hidden = np.maximum(X @ W1 + b1, 0)
    error = 2 * (hidden @ W2 + b2 - Y) / Y.size
    back = error @ W2.T * (hidden > 0)
    return {"W1": X.T @ back, "b1": back.sum(0), "W2": hidden.T @ error, "b2": error.sum(0)}


GRADIENTS = right(**NETWORK)


def refused(function: Callable[..., Any], parameters: Any, analytic: Any, **options: Any) -> Mismatch:
    """The mismatch that wrong gradients give."""
    with pytest.raises(Mismatch) as caught:
        check_gradients(function, parameters, analytic, **options)
    return caught.value


def record_of(function: Callable[..., Any], parameters: Any, analytic: Any, **options: Any) -> list[dict[str, Any]]:
    """What is recorded of gradients that pass."""
    record: dict[str, Any] = {}
    check_gradients(function, parameters, analytic, record=record, **options)
    assert record["kind"] == "gradients"
    rows: list[dict[str, Any]] = record["parameters"]
    return rows


def test_right_gradients_pass_and_each_parameter_is_recorded() -> None:
    rows = record_of(loss, NETWORK, GRADIENTS)
    assert [row["name"] for row in rows] == list(NETWORK)
    assert {row["outcome"] for row in rows} == {"right"}
    assert all(row["tolerances"] < 1 and row["checked"] == NETWORK[row["name"]].size for row in rows)


def test_a_right_gradient_costs_two_values_an_entry() -> None:
    calls = []

    def counted(**parameters: Array) -> float:
        calls.append(1)
        return loss(**parameters)

    check_gradients(counted, NETWORK, GRADIENTS)
    assert len(calls) <= 2 + 2 * sum(value.size for value in NETWORK.values()) * 1.1


@pytest.mark.parametrize(
    ("name", "wrong", "named"),
    [
        ("W2", -GRADIENTS["W2"], "sign"),
        ("b1", 30 * GRADIENTS["b1"], "missing-mean"),
        ("W1", GRADIENTS["W1"] / 2, "factor-two"),
        ("W2", GRADIENTS["W2"].T, "transposed"),
        ("b1", np.zeros(8), "zeros"),
        ("b2", GRADIENTS["b2"][:, None], "extra-axis"),
        ("W2", GRADIENTS["W2"] + 0.1 * NETWORK["W2"], "multiple-of-input"),
        ("W1", np.where(np.arange(8) == 3, 0.5, GRADIENTS["W1"]), "one-slice"),
    ],
)
def test_it_says_which_parameter_is_wrong_and_how(name: str, wrong: Array, named: str) -> None:
    mismatch = refused(loss, NETWORK, GRADIENTS | {name: wrong}, sizes=(30, 3))
    assert str(mismatch).startswith(f"the gradient of {name} ")
    assert mismatch.diagnosis["name"] == named, str(mismatch)


def test_it_says_which_others_are_right_and_which_are_wrong() -> None:
    mismatch = refused(loss, NETWORK, {name: -value if "2" in name else value for name, value in GRADIENTS.items()})
    assert str(mismatch).endswith("Also wrong: b2; right: W1, b1.")


def test_two_gradients_exchanged_are_said_to_be() -> None:
    def both(a: Array, b: Array) -> float:
        return float((a**2).sum() + np.sin(b).sum())

    a, b = W, W + 1
    mismatch = refused(both, [a, b], [np.cos(b), 2 * a], names=("a", "b"))
    assert mismatch.diagnosis["sentence"].startswith("The gradient of a and that of b are exchanged")


@pytest.mark.parametrize(
    ("function", "at", "gradient"),
    [
        (lambda w: np.sin(1e6 * w).sum(), W, 1e6 * np.cos(1e6 * W)),
        (lambda w: np.exp(100 * w).sum(), W, 100 * np.exp(100 * W)),
        (lambda w: (w**2).sum() + 1e10, W, 2 * W),
        (lambda w: (w**2).sum(), 1e-6 * W, 2e-6 * W),
        (lambda w: (w**2).sum(), 1e6 * W, 2e6 * W),
        (lambda w: np.float32((w.astype(np.float32) ** 2).sum()), W, 2 * W),
        (lambda w: 1.0, W, np.zeros(5)),
        (lambda w: float(w) ** 3, np.float64(1.5), 3 * 1.5**2),
        (lambda w: np.array([(w**4).sum()]), W, (4 * W**3).astype(np.float32)),
    ],
    ids=["stiff", "steep", "beside a constant", "tiny", "huge", "float32", "constant", "a number", "an array"],
)  # fmt: skip
def test_difficult_functions_have_right_gradients(function: Callable[..., Any], at: Any, gradient: Any) -> None:
    [row] = record_of(function, [at], [gradient])
    assert row["outcome"] == "right"
    assert row["wrong"] == 0


def test_a_kink_is_left_out_and_what_is_beside_it_is_not() -> None:
    at = np.array([0.0, 1.5, -1.0, 0.0])
    for slope in (0.0, 0.5, 1.0):
        [row] = record_of(lambda w: np.maximum(w, 0).sum(), [at], [np.array([slope, 1.0, 0.0, slope])])
        assert row["left_out"] + row["checked"] == 4
        assert row["checked"] >= 2
    wrong = refused(lambda w: np.maximum(w, 0).sum(), [at], [np.array([0.0, 1.0, 1.0, 0.0])])
    assert "first at [2]" in str(wrong)


def test_what_cannot_be_told_is_undecided_and_passes() -> None:
    [row] = record_of(lambda w: np.abs(w).sum(), [np.zeros(3)], [np.array([0.2, -0.3, 0.9])])
    assert row["outcome"] == "undecided"


def test_of_a_large_parameter_entries_are_chosen_and_directions_tried() -> None:
    at, slopes = RNG.normal(size=(100, 50)), RNG.normal(size=(100, 50))

    def function(w: Array) -> float:
        return float((np.sin(w) * slopes).sum())

    gradient = np.cos(at) * slopes
    [row] = record_of(function, [at], [gradient], most=40)
    assert row["checked"] == 40
    hidden_away = gradient.copy()
    hidden_away[::2] *= 1.01
    assert "looked at" in str(refused(function, [at], [hidden_away], most=40))
    hidden_away = gradient.copy()
    hidden_away[7, 7] += 50
    assert "wrong somewhere" in str(refused(function, [at], [hidden_away], most=40, rng=np.random.default_rng(1)))


@pytest.mark.parametrize(
    ("analytic", "words"),
    [
        ({"w": np.full(5, np.nan)}, "the gradient of w is not finite at [0]"),
        ({"w": None}, "the gradient of w must be an array of shape (5,), not a NoneType"),
        ({"v": 2 * W}, "the gradient of w is missing: there are v"),
        ([2 * W, W], "there must be 1 gradients, not 2"),
        ("text", "the gradient of w must be an array of shape (5,), not a str"),
        ({"w": 2 * W.astype(complex)}, "must be float of shape (5,), not complex128"),
    ],
)
def test_what_is_no_gradient_is_refused_in_words(analytic: Any, words: str) -> None:
    assert words in str(refused(lambda w: (w**2).sum(), {"w": W}, analytic))


def test_a_function_that_gives_no_number_fails_the_check() -> None:
    assert "must give one number" in str(refused(lambda w: w, [W], [W]))
    assert "is nan at its parameters" in str(refused(lambda w: np.nan, [W], [W]))


@pytest.mark.parametrize(
    ("parameters", "options", "words"),
    [
        ([], {}, "needs its parameters"),
        ("w", {}, "needs its parameters"),
        ({"w": np.array(["a"])}, {}, "finite numbers in w"),
        ({"w": np.array([np.inf])}, {}, "finite numbers in w"),
        ([W], {"names": ("a", "b")}, "2 names for 1 parameters"),
        ([W], {"rtol": 0.0}, "rtol of gradients"),
        ([W], {"step": -1.0}, "step of gradients"),
        ([W], {"most": 0}, "most of gradients"),
    ],
)
def test_a_question_that_is_wrong_is_the_authors_fault(parameters: Any, options: Any, words: str) -> None:
    with pytest.raises(GraderError, match=words):
        check_gradients(lambda w: 0.0, parameters, [2 * W], **options)


SOURCE = """
import numpy as np

def loss(w):
    return float((w ** 2).mean())

def gradient(w):
    return FACTOR * w / len(w)
"""
BODY = """w = rng.normal(size=7)
gradients(solution.loss, {"w": w}, {"w": solution.gradient(w)})"""


def test_the_fixture_judges_a_submission(judge: Judge) -> None:
    check = judge(BODY, SOURCE.replace("FACTOR", "2"))
    assert check.outcome == "passed"
    assert check.detail["kind"] == "gradients"
    assert check.detail["parameters"][0]["outcome"] == "right"
    check = judge(BODY, SOURCE.replace("FACTOR", "1"))
    assert check.outcome == "failed"
    assert check.detail["diagnosis"]["name"] == "factor-two"
    assert check.detail["parameters"][0]["outcome"] == "wrong"
