"""In-place arithmetic on blocks of rows, products by einsum, and a plain sum over columns for the total."""

import numpy as np

ROWS = 1500


def shifted(X):
    """Yield (rows, maximum, exponentials of the shifted block)."""
    if X.ndim != 2:
        raise ValueError("X must be a matrix")
    if not X.shape[1]:
        raise ValueError("X must have columns")
    for start in range(0, X.shape[0], ROWS):
        block = X[start : start + ROWS]
        top = np.maximum(block.max(axis=1), np.finfo(float).min)
        weights = np.subtract(block, top[:, np.newaxis])
        np.exp(weights, out=weights)
        yield slice(start, start + ROWS), top, weights


def logsumexp(X):
    """Block by block."""
    out = np.full(X.shape[:1], -np.inf)
    for rows, top, weights in shifted(X):
        total = weights @ np.ones(X.shape[1])
        alive = total > 0
        out[rows][alive] = np.log(total[alive]) + top[alive]
    return out


def softmax(X):
    """Block by block, dividing only where there is something to divide."""
    out = np.zeros(X.shape)
    for rows, _, weights in shifted(X):
        total = np.einsum("nk->n", weights)
        np.divide(weights, total[:, None], out=out[rows], where=(total > 0)[:, None])
    return out


def softmax_vjp(P, G):
    """Each row's p.g by einsum."""
    if P.shape != G.shape:
        raise ValueError("shapes differ")
    out = G - np.einsum("nk,nk->n", P, G)[:, None]
    out *= P
    return out
