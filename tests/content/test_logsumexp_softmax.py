"""The reference of logsumexp-softmax agrees with SciPy, central differences and the explicit Jacobian."""

from __future__ import annotations

import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.special
from numpy.typing import NDArray

FOLDER = Path(__file__).parents[2] / "content/02-mathematics/logsumexp-softmax"

Array = NDArray[np.float64]
Functions = dict[str, Callable[..., Any]]


@pytest.fixture(scope="module")
def reference() -> Functions:
    return runpy.run_path(str(FOLDER / "reference.py"))


def draw(rng: np.random.Generator, seed: int) -> Array:
    """Rows of ordinary or extreme size, some with entries of -inf."""
    n, k = int(rng.integers(1, 30)), int(rng.integers(1, 40))
    scale = (0.01, 1.0, 30.0, 1e4, 1e8)[seed % 5]
    X = rng.normal(scale=scale, size=(n, k)) + rng.normal(scale=scale, size=(n, 1))
    if seed % 2:
        X[rng.uniform(size=X.shape) < 0.4] = -np.inf
        X[np.arange(n), rng.integers(k, size=n)] = rng.normal(scale=scale, size=n)
    return X


@pytest.mark.parametrize("seed", range(50))
def test_agrees_with_scipy(reference: Functions, seed: int) -> None:
    X = draw(np.random.default_rng(seed), seed)
    np.testing.assert_allclose(reference["logsumexp"](X), scipy.special.logsumexp(X, axis=1), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(reference["softmax"](X), scipy.special.softmax(X, axis=1), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("seed", range(20))
def test_agrees_with_plain_exponentials_summed_exactly(reference: Functions, seed: int) -> None:
    X = np.random.default_rng(seed).normal(scale=5, size=(10, 12))
    exact = [math.fsum(math.exp(x) for x in row) for row in X.tolist()]
    np.testing.assert_allclose(reference["logsumexp"](X), np.log(exact), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(reference["softmax"](X), np.exp(X) / np.array(exact)[:, None], rtol=1e-13)


@pytest.mark.parametrize("seed", range(20))
def test_the_gradient_equals_the_product_with_the_explicit_jacobian(reference: Functions, seed: int) -> None:
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.full(7, 0.5), size=9)
    G = rng.normal(size=P.shape)
    J = np.einsum("ni,ij->nij", P, np.eye(7)) - np.einsum("ni,nj->nij", P, P)
    np.testing.assert_allclose(reference["softmax_vjp"](P, G), np.einsum("nij,ni->nj", J, G), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", range(10))
def test_the_gradient_equals_central_differences_of_scipys_softmax(reference: Functions, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, G, h = rng.normal(size=(3, 5)), rng.normal(size=(3, 5)), 1e-5
    expected = np.empty_like(X)
    for j in range(5):
        step = h * np.eye(5)[j]
        change = scipy.special.softmax(X + step, axis=1) - scipy.special.softmax(X - step, axis=1)
        expected[:, j] = (change * G).sum(axis=1) / (2 * h)
    np.testing.assert_allclose(reference["softmax_vjp"](reference["softmax"](X), G), expected, atol=1e-9)


def test_the_example_of_the_statement_is_right(reference: Functions) -> None:
    X = np.array([[0.0, math.log(3)], [1e4, 1e4 + math.log(3)]])
    P = reference["softmax"](X)
    np.testing.assert_allclose(reference["logsumexp"](X), [math.log(4), 1e4 + math.log(4)], rtol=1e-14)
    np.testing.assert_allclose(P, [[0.25, 0.75], [0.25, 0.75]], rtol=1e-11)
    np.testing.assert_allclose(reference["softmax_vjp"](P[:1], np.array([[1.0, 0.0]])), [[0.1875, -0.1875]])


@pytest.mark.filterwarnings("error")
def test_rows_of_minus_infinity_give_no_nan_and_no_warning(reference: Functions) -> None:
    X = np.array([[-np.inf, -np.inf], [1.0, -np.inf]])
    P = reference["softmax"](X)
    np.testing.assert_array_equal(reference["logsumexp"](X), [-np.inf, 1.0])
    np.testing.assert_array_equal(P, [[0.0, 0.0], [1.0, 0.0]])
    np.testing.assert_array_equal(reference["softmax_vjp"](P, np.ones((2, 2))), np.zeros((2, 2)))


def test_one_column_and_no_rows(reference: Functions) -> None:
    X = np.array([[-1e4], [3.0]])
    np.testing.assert_array_equal(reference["logsumexp"](X), X[:, 0])
    np.testing.assert_array_equal(reference["softmax"](X), np.ones((2, 1)))
    assert reference["logsumexp"](np.empty((0, 3))).shape == (0,)
    assert reference["softmax"](np.empty((0, 3))).shape == (0, 3)


def test_memory_order_changes_nothing_and_the_input_stays_as_it_was(reference: Functions) -> None:
    X = np.random.default_rng(5).normal(size=(40, 7))
    given = np.asfortranarray(X)
    np.testing.assert_allclose(reference["softmax"](given), reference["softmax"](X), rtol=1e-14)
    np.testing.assert_allclose(reference["logsumexp"](given), reference["logsumexp"](X), rtol=1e-14)
    np.testing.assert_array_equal(given, X)


@pytest.mark.parametrize("name", ["logsumexp", "softmax"])
@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), (3, 0), ()])
def test_what_is_no_matrix_is_refused(reference: Functions, name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        reference[name](np.zeros(shape))


@pytest.mark.parametrize("shape", [(3, 1), (2,), (2, 2)])
def test_unequal_shapes_are_refused(reference: Functions, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        reference["softmax_vjp"](np.zeros((3, 2)), np.zeros(shape))
