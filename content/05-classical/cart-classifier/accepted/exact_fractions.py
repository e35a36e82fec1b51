"""CART that shortlists splits in floating point and decides between the best by exact fractions."""

from fractions import Fraction

import numpy as np


def cart_fit(X, y, c, max_depth, min_leaf):
    """Build the nodes by recursion, as a list of dicts."""
    if not len(X) or not np.isfinite(X).all():
        raise ValueError("X is empty or not finite")
    nodes = []

    def build(X, y, depth):
        me = len(nodes)
        counts = [int(np.sum(y == k)) for k in range(c)]
        nodes.append({"left": -1, "right": -1, "feature": -2, "threshold": np.nan})
        nodes[me] |= {"value": counts.index(max(counts)), "cover": len(y)}
        if depth < max_depth and max(counts) < len(y):
            found = best_split(X, y, c, min_leaf)
            if found:
                _, feature, threshold = found
                mask = X[:, feature] <= threshold
                nodes[me]["feature"], nodes[me]["threshold"] = feature, threshold
                nodes[me]["left"] = build(X[mask], y[mask], depth + 1)
                nodes[me]["right"] = build(X[~mask], y[~mask], depth + 1)
        return me

    build(X, y, 0)
    kinds = {"left": int, "right": int, "feature": int, "threshold": float, "value": float, "cover": float}
    return {name: np.array([node[name] for node in nodes], dtype=kind) for name, kind in kinds.items()}


def best_split(X, y, c, min_leaf):
    """The sum of squares over sizes is to be as large as possible; None where it cannot grow."""
    n = len(y)
    one_hot = (y[:, None] == np.arange(c)).astype(np.int64)
    total = one_hot.sum(axis=0)
    n_left = np.arange(1, n)
    best = (Fraction(int((total**2).sum()), n), None, None)  # to be exceeded
    for feature in range(X.shape[1]):
        order = np.argsort(X[:, feature])
        x = X[order, feature]
        left = np.cumsum(one_hot[order], axis=0)[:-1]
        a, b = (left**2).sum(axis=1), ((total - left) ** 2).sum(axis=1)
        score = a / n_left + b / (n - n_left)
        score[(x[:-1] == x[1:]) | (n_left < min_leaf) | (n - n_left < min_leaf)] = -1.0
        for i in np.flatnonzero(score >= max(score.max(initial=-1.0), float(best[0])) * (1 - 1e-13)):
            exact = Fraction(int(a[i]), int(i) + 1) + Fraction(int(b[i]), n - 1 - int(i))
            if exact > best[0]:
                middle = x[i] / 2 + x[i + 1] / 2
                best = exact, feature, middle if x[i] <= middle < x[i + 1] else x[i]
    return best if best[1] is not None else None


def cart_predict(tree, X):
    """One row after the other, in plain Python."""
    left, right = tree["left"].tolist(), tree["right"].tolist()
    feature, threshold, value = tree["feature"].tolist(), tree["threshold"].tolist(), tree["value"].tolist()
    labels = []
    for row in X.tolist():
        node = 0
        while left[node] >= 0:
            node = left[node] if row[feature[node]] <= threshold[node] else right[node]
        labels.append(int(value[node]))
    return np.array(labels, dtype=np.int64)
