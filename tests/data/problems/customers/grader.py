"""A classifier on rows that its learner has not seen, once where it is told the score and once where it is not."""

from typing import Any

import numpy as np

from autograders.judge import check

DIRECTION = np.array([1.5, -1.0, 0.5, 0.0])


def customers(seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The same customers for every submission."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(size, 4))
    return X, (X @ DIRECTION + 0.5 * rng.normal(size=size) > 0).astype(np.int64)


@check(points=2)
def test_generalises(holdout: Any, solution: Any) -> None:
    """The classifier is right for 85 % of customers it has not seen."""

    def fit_predict(X: np.ndarray, y: np.ndarray, rows: np.ndarray) -> Any:
        return solution.fit(X, y).predict(rows)

    holdout(
        fit_predict, train=customers(1, 300), test=customers(2, 800), metric="accuracy", budget=6,
        permuted_labels=True, canary_rows=32,
    ).at_least(0.85, by="lower")  # fmt: skip


@check(points=1, hidden=True)
def test_generalises_to_others(holdout: Any, solution: Any) -> None:
    """It ranks customers of another year well, too."""

    def fit_predict(X: np.ndarray, y: np.ndarray, rows: np.ndarray) -> Any:
        return solution.fit(X, y).predict(rows).astype(float)

    holdout(fit_predict, train=customers(3, 300), test=customers(4, 800), metric="roc_auc").at_least(0.85)
