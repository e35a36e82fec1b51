"""Mistakes written after the detectors were done, without a change to these for them: a harder second list.

Their share was written down before anything was improved; `docs/diagnosis.md` says what it was.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograders.bench.planted import Array, Task, by_columns, mistake

# --- metrics ----------------------------------------------------------------------------------------


def _labels(rng: np.random.Generator) -> tuple[Array, Array]:
    truth = rng.integers(4, size=90)
    return truth, np.where(rng.uniform(size=90) < 0.6, truth, rng.integers(4, size=90))


def _confusion(truth: Array, guess: Array) -> Array:
    table = np.zeros((4, 4), dtype=int)
    np.add.at(table, (truth, guess), 1)
    return table


def _precision_recall(truth: Array, guess: Array) -> tuple[float, float]:
    hit = ((truth == 1) & (guess == 1)).sum()
    return float(hit / (guess == 1).sum()), float(hit / (truth == 1).sum())


def _predictions(rng: np.random.Generator) -> tuple[Array, Array]:
    y = rng.normal(3.0, 2.0, size=50)
    return y, y + rng.normal(size=50)


def _r2(y: Array, p: Array) -> float:
    return float(1 - ((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def _rmse(y: Array, p: Array) -> float:
    return float(np.sqrt(np.mean((y - p) ** 2)))


CONFUSION = Task("metrics", "confusion matrix", _labels, _confusion, (by_columns(_confusion),))
PRECISION = Task("metrics", "precision and recall", _labels, _precision_recall, ())
R2 = Task("metrics", "R squared", _predictions, _r2, ())
RMSE = Task("metrics", "root mean square", _predictions, _rmse, ())

# --- layers -----------------------------------------------------------------------------------------


def _activations(rng: np.random.Generator) -> tuple[Array]:
    return (rng.normal(1.0, 2.0, size=(16, 10)),)


def _layernorm(X: Array) -> Array:
    return np.asarray((X - X.mean(1, keepdims=True)) / np.sqrt(X.var(1, keepdims=True) + 1e-5))


def _dropout(X: Array) -> Array:
    return np.asarray(X * (np.random.default_rng(1).uniform(size=X.shape) < 0.8) / 0.8)


def _affine(rng: np.random.Generator) -> tuple[Array, Array, Array]:
    return rng.normal(size=(12, 5)), rng.normal(size=(5, 4)), rng.normal(size=4)


def _dense(X: Array, W: Array, b: Array) -> Array:
    return np.asarray(X @ W + b)


def _relu(X: Array, W: Array, b: Array) -> Array:
    return np.asarray(np.maximum(X @ W + b, 0))


def _adam(g: Array) -> Array:
    m, v = 0.1 * g / (1 - 0.9), 0.001 * g * g / (1 - 0.999)
    return np.asarray(-0.01 * m / (np.sqrt(v) + 1e-8))


LAYERNORM = Task("layers", "layer norm", _activations, _layernorm, (by_columns(_layernorm),))
DROPOUT = Task("layers", "dropout", _activations, _dropout, ())
DENSE = Task("layers", "dense", _affine, _dense, (by_columns(_dense),))
RELU = Task("layers", "dense and relu", _affine, _relu, (by_columns(_relu),))
ADAM = Task("layers", "first step of Adam", lambda rng: (rng.normal(size=20),), _adam, ())

# --- kernels and similarities -----------------------------------------------------------------------


def _two_sets(rng: np.random.Generator) -> tuple[Array, Array]:
    return rng.normal(1.0, 1.0, size=(14, 3)), rng.normal(size=(9, 3))


def _rbf(X: Array, Y: Array) -> Array:
    return np.asarray(np.exp(-((X[:, None] - Y) ** 2).sum(2) / 2))


def _cosine(X: Array, Y: Array) -> Array:
    return np.asarray(X @ Y.T / np.linalg.norm(X, axis=1)[:, None] / np.linalg.norm(Y, axis=1))


def _correlation(X: Array, Y: Array) -> Array:
    return np.asarray(np.corrcoef(X, rowvar=False))


RBF = Task("kernels", "Gaussian kernel", _two_sets, _rbf, (by_columns(_rbf),))
COSINE = Task("kernels", "cosine similarity", _two_sets, _cosine, (by_columns(_cosine),))
CORRELATION = Task("kernels", "correlation", _two_sets, _correlation, ())

# --- sequences --------------------------------------------------------------------------------------


def _series(rng: np.random.Generator) -> tuple[Array]:
    return (rng.normal(size=40).cumsum(),)


def _moving(x: Array) -> Array:
    return np.asarray(np.convolve(x, np.ones(5) / 5, mode="valid"))


def _returns(x: Array) -> Array:
    return np.asarray(np.diff(x) / x[:-1])


def _discounted(x: Array) -> Array:
    total, answer = 0.0, np.zeros_like(x)
    for i in range(len(x) - 1, -1, -1):
        total = x[i] + 0.9 * total
        answer[i] = total
    return answer


def _one_hot(labels: Array) -> Array:
    return np.asarray(np.eye(6)[labels])


def _positions(n: int) -> Array:
    angles = np.arange(n)[:, None] / 100.0 ** (np.arange(4) / 4)
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(n, 8)


def _ranks(x: Array) -> Array:
    return np.asarray(x.argsort().argsort())


MOVING = Task("sequences", "moving average", _series, _moving, ())
RETURNS = Task("sequences", "returns", _series, _returns, ())
DISCOUNTED = Task("sequences", "discounted sums", _series, _discounted, ())
ONE_HOT = Task("sequences", "one-hot", lambda rng: (rng.integers(5, size=30),), _one_hot, ())
POSITIONS = Task("sequences", "encoded positions", lambda rng: (int(rng.integers(12, 20)),), _positions, ())
RANKS = Task("sequences", "ranks", _series, _ranks, ())
TOP = Task("sequences", "largest five", _series, lambda x: x.argsort()[::-1][:5], ())

# --- probability ------------------------------------------------------------------------------------


def _distribution(rng: np.random.Generator) -> tuple[Array]:
    return (rng.dirichlet(np.ones(7), size=11),)


def _entropy(P: Array) -> Array:
    return np.asarray(-(P * np.log(P)).sum(1))


def _log_density(x: Array) -> Array:
    return np.asarray(-0.5 * ((x - x.mean()) / x.std()) ** 2 - np.log(x.std()) - 0.5 * np.log(2 * np.pi))


def _standard_error(x: Array) -> float:
    return float(x.std(ddof=1) / np.sqrt(len(x)))


def _scaled(X: Array) -> Array:
    return np.asarray((X - X.min(0)) / (X.max(0) - X.min(0)))


def _posterior(rng: np.random.Generator) -> tuple[Array]:
    return (rng.normal(-900.0, 2.0, size=(8, 3)),)


def _responsibilities(L: Array) -> Array:
    powers = np.exp(L - L.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


ENTROPY = Task("probability", "entropy", _distribution, _entropy, ())
PERPLEXITY = Task("probability", "perplexity", _distribution, lambda P: np.exp(_entropy(P)), ())
LOG_DENSITY = Task("probability", "logarithm of a density", _series, _log_density, ())
STANDARD_ERROR = Task("probability", "standard error", _series, _standard_error, ())
SCALED = Task("probability", "scaled to 0..1", _activations, _scaled, ())
POSTERIOR = Task("probability", "responsibilities", _posterior, _responsibilities, ())


def _kept(X: Array) -> Any:
    return X * (np.random.default_rng(1).uniform(size=X.shape) < 0.8)


MISTAKES = (
    mistake(CONFUSION, "guesses in rows", "transposed", lambda t, g: _confusion(g, t)),
    mistake(PRECISION, "the two exchanged", "items-exchanged", lambda t, g: _precision_recall(t, g)[::-1]),
    mistake(R2, "forgets 1 minus", "complement", lambda y, p: 1 - _r2(y, p)),
    mistake(RMSE, "forgets the root", "square-root-forgotten", lambda y, p: _rmse(y, p) ** 2),
    mistake(RMSE, "sums under the root", "root-of-size", lambda y, p: float(np.linalg.norm(y - p))),
    mistake(LAYERNORM, "over the batch", "wrong-axis", lambda X: _layernorm(X.T).T),
    mistake(LAYERNORM, "forgets epsilon", "few-digits", lambda X: (X - X.mean(1)[:, None]) / X.std(1)[:, None]),
    mistake(LAYERNORM, "divides by n - 1", "sample-deviation",
            lambda X: (X - X.mean(1)[:, None]) / np.sqrt(X.var(1, ddof=1)[:, None] + 1e-5)),
    mistake(LAYERNORM, "forgets the mean", "not-centred offset-per-slice",
            lambda X: X / np.sqrt(X.var(1)[:, None] + 1e-5)),
    mistake(DROPOUT, "forgets to rescale", "factor", _kept),
    mistake(DENSE, "forgets the bias", "offset-per-slice multiple-of-input",
            lambda X, W, b: X @ W),
    mistake(DENSE, "adds the bias twice", "offset-per-slice multiple-of-input",
            lambda X, W, b: X @ W + 2 * b),
    mistake(RELU, "forgets the activation", "not-clipped", _dense),
    mistake(ADAM, "forgets the correction of bias", "factor",
            lambda g: -0.01 * 0.1 * g / (np.sqrt(0.001 * g * g) + 1e-8)),
    mistake(ADAM, "steps uphill", "sign", lambda g: -_adam(g)),
    mistake(RBF, "forgets the 2", "square-root-forgotten", lambda X, Y: _rbf(X, Y) ** 2),
    mistake(RBF, "forgets the exponential", "logarithm-taken", lambda X, Y: -((X[:, None] - Y) ** 2).sum(2) / 2),
    mistake(COSINE, "normalises one side only", "factor-per-slice",
            lambda X, Y: X @ (Y / np.linalg.norm(Y, axis=1)[:, None]).T),
    mistake(COSINE, "gives a distance", "complement", lambda X, Y: 1 - _cosine(X, Y)),
    mistake(CORRELATION, "gives covariances", "factor-of-rows-and-columns", lambda X, Y: np.cov(X, rowvar=False)),
    mistake(CORRELATION, "of the rows", "wrong-axis", lambda X, Y: np.corrcoef(X)),
    mistake(MOVING, "divides by one less", "sample-deviation factor",
            lambda x: np.convolve(x, np.ones(5) / 4, mode="valid")),
    mistake(MOVING, "stops one early", "wrong-length", lambda x: _moving(x)[:-1]),
    mistake(MOVING, "sums", "missing-mean factor", lambda x: 5 * _moving(x)),
    mistake(RETURNS, "gives ratios", "offset off-by-one", lambda x: x[1:] / x[:-1]),
    mistake(DISCOUNTED, "discounts forwards", "reversed", lambda x: _discounted(x)[::-1]),
    mistake(ONE_HOT, "counts from 1", "shifted", lambda y: np.eye(6)[y + 1]),
    mistake(POSITIONS, "all sines first", "columns-permuted", lambda n: _positions(n)[:, [0, 2, 4, 6, 1, 3, 5, 7]]),
    mistake(POSITIONS, "begins at 1", "shifted", lambda n: _positions(n + 1)[1:]),
    mistake(RANKS, "gives argsort", "inverse-permutation", lambda x: x.argsort()),
    mistake(TOP, "smallest of them first", "reversed", lambda x: x.argsort()[-5:]),
    mistake(ENTROPY, "in bits", "log-base", lambda P: _entropy(P) / np.log(2)),
    mistake(ENTROPY, "of all rows at once", "reduced-too-far", lambda P: float(_entropy(P).sum())),
    mistake(PERPLEXITY, "forgets the exponential", "logarithm-taken", _entropy),
    mistake(LOG_DENSITY, "forgets the constant", "missing-constant",
            lambda x: _log_density(x) + 0.5 * np.log(2 * np.pi)),
    mistake(LOG_DENSITY, "gives the density", "logarithm-forgotten", lambda x: np.exp(_log_density(x))),
    mistake(STANDARD_ERROR, "forgets the root of n", "root-of-size", lambda x: float(x.std(ddof=1))),
    mistake(SCALED, "by the whole array", "affine-per-slice", lambda X: (X - X.min()) / (X.max() - X.min())),
    mistake(SCALED, "to -1..1", "label-coding affine", lambda X: 2 * _scaled(X) - 1),
    mistake(POSTERIOR, "underflows", "nan", lambda L: np.exp(L) / np.exp(L).sum(1, keepdims=True)),
)  # fmt: skip
