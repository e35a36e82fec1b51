"""Scaled dot-product attention and its gradient."""

import numpy as np


def attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mix the values V with weights that compare queries Q with keys K.

    Q     float64, shape (b, t, d): t queries in each of b batches
    K     float64, shape (b, s, d): s keys
    V     float64, shape (b, s, e): their values
    mask  bool, shape (b, t, s): True where the query may attend the key

    Returns (out, P): the mixed values, float64 (b, t, e), and the weights, float64 (b, t, s).
    A query that may attend no key has zeros in both.
    Raises ValueError if shapes do not fit together or mask is not boolean.
    """
    raise NotImplementedError


def attention_vjp(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray, G: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients with respect to Q, K and V, given G = dL/d(out), float64 (b, t, e).

    Returns (gQ, gK, gV), shaped like Q, K and V.
    Raises ValueError as attention does, and if G has not the shape of out.
    """
    raise NotImplementedError
