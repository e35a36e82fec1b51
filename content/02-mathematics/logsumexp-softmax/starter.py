"""Log-sum-exp, softmax and the product of a vector with softmax's Jacobian, row by row."""

import numpy as np


def logsumexp(X: np.ndarray) -> np.ndarray:
    """The logarithm of the sum of exponentials of each row.

    X  float64, shape (n, k), entries finite or -inf

    Returns float64, shape (n,); -inf for a row of -inf only.
    Raises ValueError if X is not two-dimensional or has no columns.
    """
    raise NotImplementedError


def softmax(X: np.ndarray) -> np.ndarray:
    """The exponentials of each row, divided by their sum.

    X  float64, shape (n, k), entries finite or -inf

    Returns float64, shape (n, k); zeros for a row of -inf only.
    Raises ValueError if X is not two-dimensional or has no columns.
    """
    raise NotImplementedError


def softmax_vjp(P: np.ndarray, G: np.ndarray) -> np.ndarray:
    """The gradient with respect to the inputs of softmax, given that with respect to its outputs.

    P  float64, shape (n, k): the outputs of softmax
    G  float64, shape (n, k): the gradient with respect to P

    Returns float64, shape (n, k).
    Raises ValueError if P and G differ in shape.
    """
    raise NotImplementedError
