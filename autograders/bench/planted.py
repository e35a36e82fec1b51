"""Classic numeric mistakes on six problems, each beside the right function; and right ones written otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Function = Callable[..., Any]
Draw = Callable[[np.random.Generator], tuple[Any, ...]]


@dataclass(frozen=True)
class Task:
    """One function of a problem: how its inputs are drawn, the right one, right ones written otherwise."""

    problem: str
    name: str
    draw: Draw
    right: Function
    variants: tuple[Function, ...]
    rtol: float = 1e-7
    atol: float = 1e-9


@dataclass(frozen=True)
class Mistake:
    """A wrong function for a task, what is wrong with it, and the names that say so."""

    task: Task
    title: str
    wrong: Function
    names: frozenset[str]


def mistake(task: Task, title: str, names: str, wrong: Function) -> Mistake:
    """A mistake; any of the names, parted by blanks, is right."""
    return Mistake(task, title, wrong, frozenset(names.split()))


def single(function: Function) -> Function:
    """The same computed in float32 and given back in float64."""

    def computed(*arguments: Any) -> Any:
        narrow = [x.astype(np.float32) if isinstance(x, np.ndarray) and x.dtype == float else x for x in arguments]
        answer = function(*narrow)
        return np.asarray(answer, np.float64) if isinstance(answer, np.ndarray) else float(answer)

    return computed


def by_columns(function: Function) -> Function:
    """The same on arrays in Fortran order, with an answer in Fortran order."""

    def computed(*arguments: Any) -> Any:
        answer = function(*(np.asfortranarray(x) if isinstance(x, np.ndarray) else x for x in arguments))
        return np.asfortranarray(answer) if isinstance(answer, np.ndarray) else answer

    return computed


# --- moments ----------------------------------------------------------------------------------------


def _table(rng: np.random.Generator) -> tuple[Array]:
    return (rng.normal(2.0, 3.0, size=(40, 5)),)


def _two_pass(X: Array) -> Array:
    return np.array([sum((x - column.sum() / len(column)) ** 2 for x in column) / len(column) for column in X.T])


def _covariance(X: Array) -> Array:
    centred = X - X.mean(axis=0)
    return np.asarray(centred.T @ centred / (len(X) - 1))


def _standardise(X: Array) -> Array:
    return np.asarray((X - X.mean(axis=0)) / X.std(axis=0))


VARIANCE = Task("moments", "variance", _table, lambda X: X.var(axis=0), (_two_pass, by_columns(_two_pass)))
COVARIANCE = Task(
    "moments", "covariance", _table, _covariance, (lambda X: np.cov(X, rowvar=False), by_columns(_covariance))
)
STANDARDISE = Task(
    "moments",
    "standardise",
    _table,
    _standardise,
    (lambda X: ((X.T - X.mean(axis=0)[:, None]) / X.std(axis=0)[:, None]).T, by_columns(_standardise)),
)
MOMENTS = (
    mistake(VARIANCE, "divides by n - 1", "sample-deviation", lambda X: X.var(axis=0, ddof=1)),
    mistake(VARIANCE, "gives the deviation", "square-forgotten", lambda X: X.std(axis=0)),
    mistake(VARIANCE, "does not divide by n", "missing-mean", lambda X: ((X - X.mean(axis=0)) ** 2).sum(axis=0)),
    mistake(VARIANCE, "works along the rows", "wrong-axis", lambda X: X.var(axis=1)),
    mistake(COVARIANCE, "divides by n", "population-deviation", lambda X: np.cov(X, rowvar=False, bias=True)),
    mistake(COVARIANCE, "does not centre", "moment-not-centred", lambda X: X.T @ X / (len(X) - 1)),
    mistake(
        COVARIANCE, "fills one triangle", "one-triangle one-side", lambda X: np.triu(np.cov(X, rowvar=False))
    ),
    mistake(STANDARDISE, "only centres", "not-scaled", lambda X: X - X.mean(axis=0)),
    mistake(STANDARDISE, "only scales", "not-centred offset-per-slice", lambda X: X / X.std(axis=0)),
    mistake(
        STANDARDISE, "along the rows", "wrong-axis", lambda X: (X - X.mean(1, keepdims=True)) / X.std(1, keepdims=True)
    ),
    mistake(STANDARDISE, "divides by n - 1 in the deviation", "sample-deviation",
            lambda X: (X - X.mean(0)) / X.std(0, ddof=1)),
)  # fmt: skip

# --- softmax and cross-entropy ----------------------------------------------------------------------


def _scores(rng: np.random.Generator) -> tuple[Array]:
    return (rng.normal(scale=2.0, size=(12, 6)),)


def _scored(rng: np.random.Generator) -> tuple[Array, Array]:
    return rng.normal(scale=2.0, size=(25, 7)), rng.integers(7, size=25)


def softmax(X: Array, axis: int = -1) -> Array:
    """Softmax along an axis."""
    powers = np.exp(X - X.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def logsumexp(X: Array) -> Array:
    """The logarithm of the sum of exponentials of each row."""
    top = X.max(axis=1)
    return np.asarray(top + np.log(np.exp(X - top[:, None]).sum(axis=1)))


def cross_entropy(X: Array, y: Array) -> float:
    """The mean of minus the logarithm of the probability of the label."""
    return float(np.mean(logsumexp(X) - X[np.arange(len(y)), y]))


def _entropy_gradient(X: Array, y: Array) -> Array:
    return np.asarray((softmax(X) - np.eye(X.shape[1])[y]) / len(y))


def _huge_scores(rng: np.random.Generator) -> tuple[Array]:
    X = rng.normal(size=(12, 6))
    X[3:5] += 800.0
    return (X,)


SOFTMAX = Task(
    "softmax", "softmax", _scores, softmax, (lambda X: np.exp(X - logsumexp(X)[:, None]), by_columns(softmax))
)
HUGE = Task("softmax", "softmax of huge scores", _huge_scores, softmax, (by_columns(softmax),))
LOGSUMEXP = Task(
    "softmax", "logsumexp", _scores, logsumexp, (lambda X: np.logaddexp.reduce(X, axis=1), by_columns(logsumexp))
)
ENTROPY = Task(
    "softmax",
    "cross-entropy",
    _scored,
    cross_entropy,
    (lambda X, y: float(-np.log(softmax(X)[np.arange(len(y)), y]).sum() / len(y)), single(cross_entropy)),
    rtol=1e-5,
)
ENTROPY_GRADIENT = Task(
    "softmax", "gradient of cross-entropy", _scored, _entropy_gradient, (by_columns(_entropy_gradient),)
)
SOFTMAXES = (
    mistake(SOFTMAX, "along the columns", "wrong-axis", lambda X: softmax(X, 0)),
    mistake(SOFTMAX, "does not normalise", "not-normalised", np.exp),
    mistake(SOFTMAX, "gives the scores", "softmax-forgotten", lambda X: X),
    mistake(SOFTMAX, "gives logarithms", "logarithm-taken softmax-forgotten", lambda X: np.log(softmax(X))),
    mistake(HUGE, "overflows", "nan infinite", lambda X: np.exp(X) / np.exp(X).sum(1, keepdims=True)),
    mistake(LOGSUMEXP, "keeps the axis", "extra-axis", lambda X: logsumexp(X)[:, None]),
    mistake(LOGSUMEXP, "forgets the logarithm", "logarithm-forgotten", lambda X: np.exp(X).sum(axis=1)),
    mistake(LOGSUMEXP, "takes the mean inside", "missing-constant", lambda X: np.log(np.exp(X).mean(axis=1))),
    mistake(ENTROPY, "sums", "missing-mean", lambda X, y: cross_entropy(X, y) * len(y)),
    mistake(ENTROPY, "takes log2", "log-base", lambda X, y: float(-np.log2(softmax(X)[np.arange(len(y)), y]).mean())),
    mistake(ENTROPY, "forgets the minus", "sign", lambda X, y: -cross_entropy(X, y)),
    mistake(ENTROPY, "gives one loss each", "not-reduced", lambda X, y: logsumexp(X) - X[np.arange(len(y)), y]),
    mistake(ENTROPY_GRADIENT, "forgets 1/n", "missing-mean", lambda X, y: softmax(X) - np.eye(7)[y]),
    mistake(ENTROPY_GRADIENT, "subtracts the other way", "sign", lambda X, y: (np.eye(7)[y] - softmax(X)) / len(y)),
)

# --- principal components ---------------------------------------------------------------------------


def _spread(rng: np.random.Generator) -> tuple[Array]:
    return (rng.normal(size=(60, 5)) @ np.diag([5.0, 3.0, 2.0, 1.0, 0.5]) + 4.0,)


def components(X: Array) -> Array:
    """Principal directions as rows, the largest variance first, each with its largest entry positive."""
    rows = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[2]
    largest = np.abs(rows).argmax(axis=1)
    return np.asarray(rows * np.sign(rows[np.arange(len(rows)), largest])[:, None])


def explained(X: Array) -> Array:
    """The share of variance of each direction, the largest first."""
    variances = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    return np.asarray(variances / variances.sum())


def _by_eigh(X: Array) -> Array:
    rows = np.linalg.eigh(np.cov(X, rowvar=False))[1].T[::-1]
    largest = np.abs(rows).argmax(axis=1)
    return np.asarray(rows * np.sign(rows[np.arange(len(rows)), largest])[:, None])


COMPONENTS = Task("components", "directions", _spread, components, (_by_eigh, by_columns(components)))
EXPLAINED = Task(
    "components",
    "explained variance",
    _spread,
    explained,
    (lambda X: (w := np.linalg.eigvalsh(np.cov(X, rowvar=False))[::-1]) / w.sum(), by_columns(explained)),
)
PRINCIPALS = (
    mistake(COMPONENTS, "gives them as columns", "transposed", lambda X: components(X).T),
    mistake(COMPONENTS, "by rising variance", "reversed", lambda X: components(X)[::-1]),
    mistake(COMPONENTS, "leaves the signs to chance", "some-signs",
            lambda X: components(X) * np.array([1, -1, 1, -1, -1])[:, None]),
    mistake(EXPLAINED, "gives variances", "not-normalised", lambda X: np.linalg.eigvalsh(np.cov(X.T))[::-1]),
    mistake(EXPLAINED, "by rising variance", "reversed", lambda X: explained(X)[::-1]),
    mistake(EXPLAINED, "gives running sums", "cumulative", lambda X: np.cumsum(explained(X))),
)  # fmt: skip

# --- linear regression ------------------------------------------------------------------------------


def _regression(rng: np.random.Generator) -> tuple[Array, Array, Array]:
    X = rng.normal(size=(30, 4))
    return X, X @ rng.normal(size=4) + rng.normal(size=30), rng.normal(size=4)


def squared_error(X: Array, y: Array, w: Array) -> float:
    """The mean squared error."""
    return float(np.mean((X @ w - y) ** 2))


def _error_gradient(X: Array, y: Array, w: Array) -> Array:
    return np.asarray(2 / len(y) * X.T @ (X @ w - y))


def residuals(X: Array, y: Array, w: Array) -> Array:
    """What the model leaves unexplained."""
    return np.asarray(y - X @ w)


SQUARED_ERROR = Task(
    "regression",
    "mean squared error",
    _regression,
    squared_error,
    (lambda X, y, w: float((r := X @ w - y) @ r / len(r)), by_columns(squared_error)),
)
ERROR_GRADIENT = Task(
    "regression",
    "its gradient",
    _regression,
    _error_gradient,
    (lambda X, y, w: sum(2 * (x @ w - t) * x for x, t in zip(X, y, strict=True)) / len(y), by_columns(_error_gradient)),
)
RESIDUALS = Task("regression", "residuals", _regression, residuals, (lambda X, y, w: y - (X * w).sum(1),))
REGRESSIONS = (
    mistake(SQUARED_ERROR, "takes the root", "square-forgotten", lambda X, y, w: squared_error(X, y, w) ** 0.5),
    mistake(SQUARED_ERROR, "halves", "factor-two", lambda X, y, w: squared_error(X, y, w) / 2),
    mistake(ERROR_GRADIENT, "forgets 2", "factor-two", lambda X, y, w: X.T @ (X @ w - y) / len(y)),
    mistake(ERROR_GRADIENT, "forgets 1/n", "missing-mean", lambda X, y, w: 2 * X.T @ (X @ w - y)),
    mistake(ERROR_GRADIENT, "residuals the other way", "sign", lambda X, y, w: 2 / len(y) * X.T @ (y - X @ w)),
    mistake(RESIDUALS, "column minus row", "broadcast", lambda X, y, w: y[:, None] - X @ w),
    mistake(RESIDUALS, "absolute values", "absolute", lambda X, y, w: np.abs(y - X @ w)),
)

# --- distances and clusters -------------------------------------------------------------------------


def _points(rng: np.random.Generator) -> tuple[Array, Array]:
    return rng.normal(size=(24, 3)), rng.normal(size=(4, 3))


def squared_distances(X: Array, C: Array) -> Array:
    """Squared distances of all points to all centres."""
    return np.asarray(((X[:, None] - C) ** 2).sum(axis=2))


def _expanded(X: Array, C: Array) -> Array:
    return np.asarray((X**2).sum(1)[:, None] - 2 * X @ C.T + (C**2).sum(1))


def nearest(X: Array, C: Array) -> Array:
    """The index of the nearest centre."""
    return np.asarray(squared_distances(X, C).argmin(axis=1))


DISTANCES = Task(
    "clusters", "squared distances", _points, squared_distances, (_expanded, by_columns(squared_distances))
)
NEAREST = Task(
    "clusters", "labels", _points, nearest, (lambda X, C: _expanded(X, C).argmin(axis=1), by_columns(nearest))
)
CLUSTERS = (
    mistake(DISTANCES, "takes the root", "square-forgotten", lambda X, C: np.sqrt(squared_distances(X, C))),
    mistake(DISTANCES, "centres by points", "transposed", lambda X, C: squared_distances(X, C).T),
    mistake(DISTANCES, "leaves out the squares", "offset-of-rows-and-columns", lambda X, C: -2 * X @ C.T),
    mistake(DISTANCES, "means over coordinates", "divided-by-size", lambda X, C: squared_distances(X, C) / 3),
    mistake(NEAREST, "counts from 1", "off-by-one", lambda X, C: nearest(X, C) + 1),
    mistake(
        NEAREST, "numbers the clusters otherwise", "relabelled", lambda X, C: np.array([2, 0, 3, 1])[nearest(X, C)]
    ),
    mistake(NEAREST, "gives floats", "dtype", lambda X, C: nearest(X, C).astype(float)),
)

# --- attention --------------------------------------------------------------------------------------


def _queries(rng: np.random.Generator) -> tuple[Array, Array]:
    return rng.normal(size=(6, 16)), rng.normal(size=(6, 16))


def weights(Q: Array, K: Array) -> Array:
    """Weights of attention, each row for a query."""
    return softmax(Q @ K.T / np.sqrt(Q.shape[1]))


def masked(Q: Array, K: Array) -> Array:
    """Weights of attention that look at no later key."""
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    return softmax(np.where(np.tri(len(Q), dtype=bool), scores, -np.inf))


WEIGHTS = Task("attention", "weights", _queries, weights, (by_columns(weights), lambda Q, K: softmax((Q / 4) @ K.T)))
MASKED = Task("attention", "masked weights", _queries, masked, (by_columns(masked),))
ATTENTIONS = (
    mistake(WEIGHTS, "does not scale", "temperature", lambda Q, K: softmax(Q @ K.T)),
    mistake(WEIGHTS, "divides by d", "temperature", lambda Q, K: softmax(Q @ K.T / 16)),
    mistake(WEIGHTS, "softmax over queries", "wrong-axis", lambda Q, K: softmax(Q @ K.T / 4, 0)),
    mistake(WEIGHTS, "queries and keys exchanged", "transposed wrong-axis", lambda Q, K: weights(Q, K).T),
    mistake(MASKED, "does not mask", "not-masked", weights),
    mistake(MASKED, "masks after softmax", "not-normalised factor-per-slice", lambda Q, K: np.tril(weights(Q, K))),
)

MISTAKES = (*MOMENTS, *SOFTMAXES, *PRINCIPALS, *REGRESSIONS, *CLUSTERS, *ATTENTIONS)
