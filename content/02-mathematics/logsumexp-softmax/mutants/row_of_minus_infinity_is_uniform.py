# A row of -inf only is given equal probabilities.
import numpy as np


def logsumexp(X: np.ndarray) -> np.ndarray:
    """log(sum(exp(x))) of each row x of X (n, k); -inf for a row of -inf only."""
    top = row_maximum(X)
    with np.errstate(divide="ignore"):  # a row of -inf sums to 0, whose logarithm is the right answer
        return top[:, 0] + np.log(np.exp(X - top).sum(axis=1))


def softmax(X: np.ndarray) -> np.ndarray:
    """exp(x) / sum(exp(x)) of each row x of X (n, k); zeros for a row of -inf only."""
    weights = np.exp(X - row_maximum(X))
    total = weights.sum(axis=1, keepdims=True)
    return np.where(total == 0, 1 / X.shape[1], weights / np.where(total == 0, 1, total))


def softmax_vjp(P: np.ndarray, G: np.ndarray) -> np.ndarray:
    """(diag(p) - p p') g of each pair of rows p of P and g of G, without forming the matrix."""
    if P.shape != G.shape:
        raise ValueError(f"P has shape {P.shape} and G has shape {G.shape}")
    return P * (G - (P * G).sum(axis=1, keepdims=True))


def row_maximum(X: np.ndarray) -> np.ndarray:
    """The maximum of each row as a column (n, 1), with 0 in place of -inf so that it may be subtracted."""
    if X.ndim != 2 or X.shape[1] == 0:
        raise ValueError(f"X must have two dimensions and at least one column, not shape {X.shape}")
    top = X.max(axis=1, keepdims=True)
    return np.where(np.isneginf(top), 0, top)
