"""A classification tree grown by CART, and its predictions."""

import numpy as np


def cart_fit(X: np.ndarray, y: np.ndarray, c: int, max_depth: int, min_leaf: int) -> dict:
    """Grow a classification tree by the splits that decrease Gini impurity most.

    X          float64, shape (n, d): one row a training example
    y          int64, shape (n,): the classes, each in 0 .. c-1
    c          number of classes
    max_depth  the largest depth of a leaf; the root has depth 0
    min_leaf   the smallest number of training rows in a node, at least 1

    Returns the tree as six arrays of length t, the number of nodes, in preorder:
    {"left": int64, "right": int64, "feature": int64, "threshold": float64, "value": float64, "cover": float64}.
    Raises ValueError if X has no rows or holds NaN or infinity.
    """
    raise NotImplementedError


def cart_predict(tree: dict, X: np.ndarray) -> np.ndarray:
    """The class of each row of X, shape (m, d), as int64 of shape (m,)."""
    raise NotImplementedError
