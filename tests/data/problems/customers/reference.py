"""The nearer of two class means, in the metric of the features' pooled spread."""

import numpy as np


class Model:
    """A line between the means of two classes."""

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        means = [X[y == label].mean(axis=0) for label in (0, 1)]
        pooled = sum(np.cov(X[y == label].T) for label in (0, 1))
        self.normal = np.linalg.solve(pooled, means[1] - means[0])
        self.offset = self.normal @ (means[0] + means[1]) / 2

    def predict(self, X: np.ndarray) -> np.ndarray:
        """A label for each row."""
        return (X @ self.normal > self.offset).astype(np.int64)


def fit(X: np.ndarray, y: np.ndarray) -> Model:
    """A model of the rows."""
    return Model(X, y)
