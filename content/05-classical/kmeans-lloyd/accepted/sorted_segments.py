"""Fortran-ordered columns, distances centre-major, and means as segments of the points sorted by label."""

import numpy as np


def assign(T, C):
    """Nearest centres, from scores of shape (k, block)."""
    parts = []
    for a in range(0, T.shape[1], 1000):
        scores = -2.0 * C @ T[:, a : a + 1000]
        scores += np.square(C).sum(axis=1, keepdims=True)
        parts.append(np.argmin(scores, axis=0))
    return np.concatenate(parts)


def kmeans(X, init, max_iter):
    """Cluster the rows of X from the centres in init."""
    n, d = X.shape
    k = init.shape[0]
    if init.shape[1] != d:
        raise ValueError("init must have as many columns as X")
    if not (k <= n and max_iter >= 1):
        raise ValueError("at least as many points as centres and one iteration are needed")
    base = X[0].copy()
    T = np.asfortranarray(X - base).T
    T = np.ascontiguousarray(T)
    C = init - base
    labels = assign(T, C)
    n_iter, settled = 0, False
    while n_iter < max_iter and not settled:
        n_iter += 1
        labels = repair(T, C, labels, k)
        order = np.argsort(labels, kind="stable")
        starts = np.searchsorted(labels[order], np.arange(k))
        sums = np.add.reduceat(T[:, order], starts, axis=1)
        C = (sums / np.diff(np.append(starts, n))).T
        new = assign(T, C)
        settled = not np.any(new != labels)
        labels = new
    inertia = sum(float(np.sum((row - C[labels, j]) ** 2)) for j, row in enumerate(T))
    return {"centers": C + base, "labels": labels.astype(np.int32), "inertia": inertia, "n_iter": n_iter}


def repair(T, C, labels, k):
    """Fill empty clusters from a list of the points ordered by distance, the farthest first."""
    size = np.bincount(labels, minlength=k)
    if size.min() > 0:
        return labels
    labels = np.array(labels)
    queue = list(np.argsort(-np.sum((T - C[labels].T) ** 2, axis=0), kind="stable"))
    for j in np.flatnonzero(size == 0):
        place = next(p for p, i in enumerate(queue) if size[labels[i]] > 1)
        i = queue.pop(place)
        size[labels[i]] -= 1
        labels[i] = j
        size[j] += 1
    return labels
