"""Checks of logsumexp, softmax and softmax_vjp: agreement, extreme values, derivatives, cost."""

from typing import Any

import numpy as np
import pytest

from autograders.judge import assert_close, check

EPS = np.finfo(np.float64).eps


def scores(rng: np.random.Generator, n: int, k: int) -> np.ndarray:
    """Rows of ordinary size, each about a level of its own."""
    return rng.normal(scale=3, size=(n, k)) + rng.normal(scale=5, size=(n, 1))


def assert_logs(actual: Any, expected: np.ndarray) -> None:
    """Equal log-sum-exps: the error of a sum of k terms is far below 1e-12 of it, hence in its logarithm."""
    assert_close(actual, expected, rtol=1e-12, atol=1e-12)


def assert_probabilities(actual: Any, expected: np.ndarray, X: np.ndarray) -> None:
    """Equal softmax values: rounding x - max or x - logsumexp by half an ulp moves exp by that much relatively.

    Numbers below 1e-300 are subnormal or near it, and have few digits left.
    """
    largest = np.abs(X[np.isfinite(X)]).max(initial=0.0)
    assert_close(actual, expected, rtol=1e-12 + 8 * EPS * float(largest), atol=1e-300)


def assert_gradients(actual: Any, expected: np.ndarray, G: np.ndarray) -> None:
    """Equal gradients: g - p.g may cancel, so errors count against the largest entry of G."""
    assert_close(actual, expected, rtol=1e-12, atol=1e-13 * float(np.abs(G).max(initial=0.0)))


def by_jacobian(P: np.ndarray, G: np.ndarray) -> np.ndarray:
    """The gradient by the definition: each row's matrix written out."""
    return np.array([(np.diag(p) - np.outer(p, p)) @ g for p, g in zip(P, G, strict=True)])


@check(points=4)
def test_returns_the_promised_shapes_and_types(solution: Any, rng: np.random.Generator) -> None:
    """The three functions return float64 arrays of shapes (n,), (n, k) and (n, k)."""
    n, k = int(rng.integers(3, 9)), int(rng.integers(2, 6))
    X, G = scores(rng, n, k), rng.normal(size=(n, k))
    answers = {
        "logsumexp": (solution.logsumexp(X), (n,)),
        "softmax": (solution.softmax(X), (n, k)),
        "softmax_vjp": (solution.softmax_vjp(np.full((n, k), 1 / k), G), (n, k)),
    }
    for name, (answer, shape) in answers.items():
        assert isinstance(answer, np.ndarray), f"{name} must return a numpy array, not {type(answer).__name__}"
        assert answer.shape == shape, f"{name} returned shape {answer.shape}, wanted {shape}"
        assert answer.dtype == np.float64, f"{name} returned {answer.dtype}, wanted float64"


@check(points=8, depends_on=("test_returns_the_promised_shapes_and_types",))
@pytest.mark.parametrize("name", ["logsumexp", "softmax", "softmax_vjp"])
def test_agrees_on_small_rows(solution: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """logsumexp, softmax and softmax_vjp are right for a few rows of ordinary size."""
    X = rng.normal(size=(3, int(rng.integers(3, 6))))
    if name == "logsumexp":
        assert_logs(solution.logsumexp(X), reference.logsumexp(X))
    elif name == "softmax":
        assert_probabilities(solution.softmax(X), reference.softmax(X), X)
    else:
        P, G = reference.softmax(X), rng.normal(size=X.shape)
        assert_gradients(solution.softmax_vjp(P, G), reference.softmax_vjp(P, G), G)


@check(points=4)
@pytest.mark.parametrize("case", ["logsumexp of a vector", "softmax without columns", "softmax_vjp of unequal shapes"])
def test_refuses_wrong_shapes(solution: Any, rng: np.random.Generator, case: str) -> None:
    """ValueError is raised for X that is no matrix or has no columns, and for P and G of different shapes."""
    n, k = int(rng.integers(2, 6)), int(rng.integers(2, 6))
    name, arguments = {
        "logsumexp of a vector": ("logsumexp", [rng.normal(size=k)]),
        "softmax without columns": ("softmax", [np.empty((n, 0))]),
        # Shapes that numpy would broadcast without a word.
        "softmax_vjp of unequal shapes": ("softmax_vjp", [rng.uniform(size=(n, k)), rng.normal(size=(n, 1))]),
    }[case]
    with pytest.raises(ValueError):
        getattr(solution, name)(*arguments)


@check(
    points=10,
    hidden=True,
    hint="log(sum(exp(x))) = m + log(sum(exp(x - m))) for any m; take the maximum of each row.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
@pytest.mark.parametrize("sizes", [(50, 3), (7, 1000), (400, 10)])
def test_logsumexp_agrees_on_fresh_rows(
    solution: Any, reference: Any, rng: np.random.Generator, sizes: tuple[int, int]
) -> None:
    """logsumexp agrees with the definition to twelve digits, for short and long rows."""
    X = scores(rng, *sizes)
    assert_logs(solution.logsumexp(X), reference.logsumexp(X))


@check(
    points=8,
    hidden=True,
    hint="Exponentials of the shifted row, divided by the sum of that row: check the axis.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
@pytest.mark.parametrize("sizes", [(50, 3), (7, 1000), (400, 10)])
def test_softmax_agrees_on_fresh_rows(
    solution: Any, reference: Any, rng: np.random.Generator, sizes: tuple[int, int]
) -> None:
    """softmax agrees with the definition to twelve digits, and each row sums to one."""
    X = scores(rng, *sizes)
    P = solution.softmax(X)
    assert_probabilities(P, reference.softmax(X), X)
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-12)


@check(
    points=12,
    hidden=True,
    hint="Write out the matrix diag(p) - p p' for one row of three numbers and multiply it with g by hand.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
@pytest.mark.parametrize("sizes", [(1, 2), (30, 5), (4, 60)])
def test_vjp_equals_the_product_with_the_jacobian(
    solution: Any, rng: np.random.Generator, sizes: tuple[int, int]
) -> None:
    """softmax_vjp equals the product of each row of G with the matrix of softmax's derivatives."""
    P = rng.dirichlet(np.ones(sizes[1]), size=sizes[0])
    # A large common part of G has no effect on the gradient, and must not stay in it.
    G = rng.normal(size=sizes) + rng.normal(scale=4, size=(sizes[0], 1))
    assert_gradients(solution.softmax_vjp(P, G), by_jacobian(P, G), G)


@check(
    points=6,
    hidden=True,
    hint="Move X a little along a direction D: softmax must change by what softmax_vjp says.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_vjp_is_the_derivative_of_softmax(solution: Any, rng: np.random.Generator) -> None:
    """softmax_vjp predicts how softmax changes when its input is moved a little."""
    X, G, D = (rng.normal(size=(int(rng.integers(5, 9)), 6)) for _ in range(3))
    G, D = np.resize(G, X.shape), np.resize(D, X.shape)
    h = 1e-5
    change = (solution.softmax(X + h * D) - solution.softmax(X - h * D)) / (2 * h)
    predicted = (solution.softmax_vjp(solution.softmax(X), G) * D).sum(axis=1)
    # Central differences err by h**2 from the curve and by about eps / h from rounding.
    np.testing.assert_allclose(predicted, (change * G).sum(axis=1), rtol=1e-6, atol=1e-8)


@check(
    points=4,
    hidden=True,
    hint="Adding a number to a whole row adds it to logsumexp and leaves softmax as it was.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_shifting_a_row_shifts_only_logsumexp(solution: Any, rng: np.random.Generator) -> None:
    """A number added to a whole row is added to its logsumexp and does not change its softmax."""
    n, k = int(rng.integers(4, 9)), int(rng.integers(3, 9))
    # Multiples of 1/1024 and whole numbers: their sums are exact.
    X = np.round(1024 * rng.normal(scale=3, size=(n, k))) / 1024
    shift = rng.integers(-2000, 2000, size=(n, 1)).astype(float)
    assert_logs(solution.logsumexp(X + shift), solution.logsumexp(X) + shift[:, 0])
    assert_probabilities(solution.softmax(X + shift), solution.softmax(X), X + shift)


@check(
    points=8,
    hidden=True,
    hint="Subtract from each row its own maximum: that of the whole matrix leaves other rows with nothing but zeros.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
@pytest.mark.parametrize("name", ["logsumexp", "softmax"])
def test_rows_of_huge_and_tiny_values(solution: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """Rows about 10,000, about -10,000 and with both in one row are handled in one matrix."""
    k = int(rng.integers(3, 9))
    levels = rng.permutation([1e4, -1e4, 0.0, 710.0, -750.0])[:, None] + rng.normal(scale=2, size=(5, 1))
    both = rng.choice([-1e4, 1e4], size=(3, k))
    X = np.concatenate([levels + rng.normal(size=(5, k)), both + rng.normal(size=(3, k))])
    if name == "logsumexp":
        assert_logs(solution.logsumexp(X), reference.logsumexp(X))
    else:
        assert_probabilities(solution.softmax(X), reference.softmax(X), X)


@check(
    points=6,
    hidden=True,
    hint="exp(-inf) is 0: such an entry adds nothing to the sum and has probability 0.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_some_entries_are_minus_infinity(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """Entries of -inf beside finite ones add nothing to logsumexp and have probability exactly 0."""
    n, k = int(rng.integers(8, 15)), int(rng.integers(3, 7))
    X = scores(rng, n, k)
    X[rng.uniform(size=(n, k)) < 0.5] = -np.inf
    X[np.arange(n), rng.integers(k, size=n)] = rng.normal(size=n)
    P = solution.softmax(X)
    assert_logs(solution.logsumexp(X), reference.logsumexp(X))
    assert_probabilities(P, reference.softmax(X), X)
    assert not P[np.isneginf(X)].any(), "an entry of -inf must have probability exactly 0"


@check(
    points=6,
    hidden=True,
    hint="-inf minus -inf is nan: do not subtract a maximum of -inf, and do not divide by a sum of 0.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_a_row_of_minus_infinity(solution: Any, rng: np.random.Generator) -> None:
    """A row of -inf only gives logsumexp -inf, softmax zeros and gradient zeros, beside ordinary rows."""
    k = int(rng.integers(2, 7))
    X, G = scores(rng, 5, k), rng.normal(size=(5, k))
    empty = rng.permutation(5)[:2]
    X[empty] = -np.inf
    logs, P = solution.logsumexp(X), solution.softmax(X)
    assert np.isneginf(logs[empty]).all(), f"logsumexp of a row of -inf is -inf, not {logs[empty]}"
    assert not P[empty].any(), "softmax of a row of -inf is zeros"
    assert np.isfinite(np.delete(logs, empty)).all(), "the other rows have finite logsumexps"
    np.testing.assert_allclose(np.delete(P, empty, axis=0).sum(axis=1), 1, rtol=1e-12)
    assert not solution.softmax_vjp(P, G)[empty].any(), "the gradient of a row of zeros is zeros"


@check(
    points=4,
    hidden=True,
    hint="With one column logsumexp is that column, softmax is 1 and the gradient is 0; no rows give empty answers.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_one_column_and_no_rows(solution: Any, rng: np.random.Generator) -> None:
    """One column and zero rows give what the definitions say."""
    n = int(rng.integers(3, 9))
    X = rng.normal(scale=1000, size=(n, 1))
    assert_logs(solution.logsumexp(X), X[:, 0])
    assert_close(solution.softmax(X), np.ones((n, 1)), rtol=8 * EPS * 5000)
    G = rng.normal(size=(n, 1))
    assert_gradients(solution.softmax_vjp(np.ones((n, 1)), G), np.zeros((n, 1)), G)
    none = np.empty((0, n))
    assert_close(solution.logsumexp(none), np.empty(0))
    assert_close(solution.softmax(none), none)


@check(
    points=6,
    hint="Work on the whole matrix: X.max(axis=1, keepdims=True) gives all maxima at once.",
    depends_on=("test_agrees_on_small_rows",),
)
def test_softmax_is_fast(race: Any, rng: np.random.Generator) -> None:
    """softmax of 30,000 rows costs at most three times what the reference's does."""
    race("softmax", lambda: (scores(rng, 30_000, 32),)).at_most(3.0)


@check(
    points=4,
    hint="Two products, a sum and a difference of whole matrices are enough.",
    depends_on=("test_agrees_on_small_rows",),
)
def test_vjp_is_fast(race: Any, rng: np.random.Generator) -> None:
    """softmax_vjp of 10,000 rows costs at most four times what the reference's does."""

    def draw() -> tuple[np.ndarray, np.ndarray]:
        weights = rng.uniform(0.1, 1, size=(10_000, 16))
        return weights / weights.sum(axis=1, keepdims=True), rng.normal(size=(10_000, 16))

    def compare(actual: Any, expected: Any) -> None:
        assert_close(actual, expected, rtol=1e-6, atol=1e-12)

    race("softmax_vjp", draw, compare=compare).at_most(4.0)


@check(
    points=5,
    hint="Twice the rows should cost twice the time: look for a step that handles rows against rows.",
    depends_on=("test_agrees_on_small_rows",),
)
def test_logsumexp_grows_linearly(growth: Any, rng: np.random.Generator) -> None:
    """The time of logsumexp grows in proportion to the number of rows."""
    growth("logsumexp", lambda n: (scores(rng, n, 32),), sizes=(5_000, 10_000, 20_000, 40_000, 80_000)).at_most(1.5)


@check(
    points=5,
    hint="The matrix of derivatives is not needed: multiply diag(p) - p p' with g on paper first.",
    depends_on=("test_agrees_on_small_rows",),
)
def test_vjp_forms_no_jacobian(memory: Any, rng: np.random.Generator) -> None:
    """softmax_vjp of 4,000 rows with 64 columns takes at most 48 MB beside its inputs and its output."""
    P = rng.dirichlet(np.ones(64), size=4_000)
    memory("softmax_vjp", P, rng.normal(size=(4_000, 64))).at_most_mb(48)
