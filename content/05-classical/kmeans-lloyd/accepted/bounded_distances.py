"""Lloyd's algorithm with Hamerly's bounds: only points whose nearest centre may have changed are looked at again."""

import numpy as np


def kmeans(X, init, max_iter):
    """Cluster the rows of X from the centres in init; exact, only lazier."""
    if X.shape[1] != init.shape[1] or init.shape[0] > X.shape[0] or max_iter <= 0:
        raise ValueError("impossible request")
    k = init.shape[0]
    origin = np.median(X, axis=0)
    X, C = X - origin, init - origin
    labels, upper, lower = two_nearest(X, C)
    step = 0
    while step < max_iter:
        step += 1
        if np.bincount(labels, minlength=k).min() == 0:
            labels = fill(X, C, labels)
            upper[:], lower[:] = np.inf, -np.inf
        old = C
        C = np.zeros_like(old)
        np.add.at(C, labels, X)
        C /= np.bincount(labels, minlength=k)[:, None]
        moved = np.sqrt(((C - old) ** 2).sum(axis=1))
        upper += moved[labels]
        lower -= moved.max()
        # The slack keeps a point on the list whenever rounding could decide.
        doubt = np.flatnonzero(upper * (1 + 1e-9) >= lower)
        before = labels[doubt]
        labels = labels.copy()
        labels[doubt], upper[doubt], lower[doubt] = two_nearest(X[doubt], C)
        if np.array_equal(before, labels[doubt]):
            break
    inertia = float(np.square(X - C[labels]).sum())
    return {"centers": C + origin, "labels": labels, "inertia": inertia, "n_iter": step}


def two_nearest(X, C):
    """Label, distance to the nearest and distance to the second nearest centre of each point."""
    n = len(X)
    if len(C) == 1:
        return np.zeros(n, dtype=np.int64), np.zeros(n), np.full(n, np.inf)
    labels, near, next_ = np.empty(n, dtype=np.int64), np.empty(n), np.empty(n)
    square = (C * C).sum(axis=1)
    for a in range(0, n, 1024):
        part = slice(a, min(a + 1024, n))
        rows = np.arange(part.stop - a)
        scores = square - 2 * X[part] @ C.T
        labels[part] = scores.argmin(axis=1)
        own = np.square(X[part]).sum(axis=1)
        near[part] = np.sqrt(np.maximum(scores[rows, labels[part]] + own, 0))
        scores[rows, labels[part]] = np.inf
        next_[part] = np.sqrt(np.maximum(scores.min(axis=1) + own, 0))
    return labels, near, next_


def fill(X, C, labels):
    """Give each empty cluster the farthest point whose cluster has others."""
    labels = labels.copy()
    away = ((X - C[labels]) ** 2).sum(axis=1)
    for j in range(len(C)):
        if j not in labels:
            sizes = np.bincount(labels, minlength=len(C))
            away_now = np.where(sizes[labels] > 1, away, -np.inf)
            labels[int(np.argmax(away_now))] = j
    return labels
