"""Softmax as exp(x - logsumexp(x)), log-sum-exp by folding pairs with logaddexp, vjp as P*G - P*(p.g)."""

import numpy as np


def check_matrix(X):
    """Raise ValueError unless X is a matrix with columns."""
    if np.ndim(X) != 2 or np.shape(X)[1] < 1:
        raise ValueError("a matrix with at least one column is needed")


def logsumexp(X):
    """Fold the columns pairwise: log(e^a + e^b) = max(a, b) + log1p(e^-|a-b|)."""
    check_matrix(X)
    return np.logaddexp.reduce(X, axis=1)


def softmax(X):
    """exp(x - lse(x)); rows of -inf only are shifted by nothing."""
    check_matrix(X)
    top = np.max(X, axis=1)
    top[top == -np.inf] = 0.0
    total = np.exp(X - top[:, None]).sum(axis=1)
    logs = np.full(len(X), np.inf)
    some = total > 0
    logs[some] = top[some] + np.log(total[some])
    return np.exp(X - logs[:, None])


def softmax_vjp(P, G):
    """P*G minus P times its row sums."""
    if np.shape(P) != np.shape(G):
        raise ValueError("P and G must have the same shape")
    PG = P * G
    return PG - P * PG.sum(axis=1)[:, None]
