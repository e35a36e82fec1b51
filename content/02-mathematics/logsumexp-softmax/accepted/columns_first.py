"""Works on the transpose in Fortran order, shifts by a running maximum."""

import numpy as np


def parts(X):
    """The maximum of each row and the exponentials of the shifted transpose."""
    if getattr(X, "ndim", 0) != 2 or X.shape[1] == 0:
        raise ValueError("X needs two dimensions and a column")
    T = X.T
    top = T[0].copy()
    for column in T[1:]:
        np.maximum(top, column, out=top)
    safe = np.where(top > -np.inf, top, 0.0)
    return safe, np.exp(T - safe)


def logsumexp(X):
    """The maximum plus the logarithm of the rest."""
    top, weights = parts(X)
    total = weights.sum(axis=0)
    return np.where(total > 0, top + np.log(np.where(total > 0, total, 1.0)), -np.inf)


def softmax(X):
    """Shares of the total, turned back to rows."""
    _, weights = parts(X)
    total = weights.sum(axis=0)
    total[total == 0] = np.inf
    weights /= total
    return weights.T


def softmax_vjp(P, G):
    """Centre each row of G by its mean under p, then weigh it."""
    if P.shape != G.shape:
        raise ValueError("P and G must be of one shape")
    mean = np.matmul(P[:, None, :], G[:, :, None])[:, 0, 0]
    return P * np.subtract(G, mean[:, None])
