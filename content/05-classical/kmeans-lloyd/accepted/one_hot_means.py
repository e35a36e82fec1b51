"""Distances of one whole matrix product after moving the data to their mean; means by a one-hot product."""

import numpy as np


def kmeans(X, init, max_iter):
    """Cluster the rows of X from the centres in init."""
    n, k = len(X), len(init)
    if k > n or X.shape[1] != init.shape[1] or max_iter < 1:
        raise ValueError("kmeans: k > n, widths differ or max_iter < 1")
    origin = X.mean(axis=0)
    Z, C = X - origin, init - origin
    own = (Z * Z).sum(axis=1)
    labels = np.argmax(Z @ C.T - 0.5 * (C * C).sum(axis=1), axis=1)
    moves = 0
    while True:
        one_hot = (labels == np.arange(k)[:, None]).astype(float)
        size = one_hot.sum(axis=1)
        if (size == 0).any():
            distance = own - 2 * np.einsum("nd,nd->n", Z, C[labels]) + (C * C).sum(axis=1)[labels]
            labels = labels.copy()
            for j in np.where(size == 0)[0]:
                free = np.flatnonzero(size[labels] >= 2)
                i = free[np.argmax(distance[free])]
                one_hot[labels[i], i], one_hot[j, i] = 0, 1
                size[labels[i]] -= 1
                size[j], labels[i] = 1, j
        C = one_hot @ Z / size[:, None]
        moves += 1
        latest = np.argmax(Z @ C.T - 0.5 * (C * C).sum(axis=1), axis=1)
        if (latest == labels).all() or moves == max_iter:
            difference = Z - C[latest]
            inertia = np.vdot(difference, difference)
            return {"centers": C + origin, "labels": latest, "inertia": inertia, "n_iter": moves}
        labels = latest
