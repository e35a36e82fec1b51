"""K-means by Lloyd's algorithm, from given centres."""

import numpy as np


def kmeans(X: np.ndarray, init: np.ndarray, max_iter: int) -> dict:
    """Cluster the rows of X, starting from the centres in init.

    X         float64, shape (n, d): one point a row
    init      float64, shape (k, d): the centres to start from
    max_iter  the largest number of times that the centres are moved, at least 1

    Returns {"centers": float64 (k, d), "labels": int64 (n,), "inertia": float, "n_iter": int}.
    Raises ValueError if k > n, if X and init differ in d, or if max_iter < 1.
    """
    raise NotImplementedError
