# A Python loop handles one point after the other.
import numpy as np


def kmeans(X: np.ndarray, init: np.ndarray, max_iter: int) -> dict:
    """Cluster the rows of X (n, d) from the centres in init (k, d), moving the centres at most max_iter times."""
    if X.shape[1] != init.shape[1]:
        raise ValueError(f"X has {X.shape[1]} columns and init has {init.shape[1]}")
    if len(init) > len(X):
        raise ValueError(f"{len(init)} centres for {len(X)} points")
    if max_iter < 1:
        raise ValueError(f"max_iter must be at least 1, not {max_iter}")
    # Only differences matter. Far from the origin the expanded square below would lose them, so
    # the data are moved there first. A median, unlike a mean, keeps whole numbers exact.
    shift = np.median(X, axis=0)
    X, centers = X - shift, init - shift
    labels = nearest(X, centers)
    n_iter = 0
    while n_iter < max_iter:
        n_iter += 1
        members = fill_empty(X, centers, labels)
        centers = means(X, members, len(init))
        labels = nearest(X, centers)
        if np.array_equal(labels, members):
            break
    inertia = float(((X - centers[labels]) ** 2).sum())
    return {"centers": centers + shift, "labels": labels, "inertia": inertia, "n_iter": n_iter}


def nearest(X: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """The index of the nearest centre of each point; the lower index on ties."""
    labels = np.empty(len(X), dtype=np.int64)
    square = (centers**2).sum(axis=1)
    for i, x in enumerate(X):
        labels[i] = (square - 2 * centers @ x).argmin()
    return labels


def fill_empty(X: np.ndarray, centers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Labels in which each empty cluster has taken the point farthest from its own centre."""
    counts = np.bincount(labels, minlength=len(centers))
    if counts.all():
        return labels
    labels = labels.copy()
    far = ((X - centers[labels]) ** 2).sum(axis=1)
    for empty in np.flatnonzero(counts == 0):
        # The only member of a cluster is not taken: that would empty another one.
        point = np.where(counts[labels] > 1, far, -1.0).argmax()
        counts[labels[point]] -= 1
        counts[empty] = 1
        labels[point] = empty
    return labels


def means(X: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """The mean of each cluster; none of the k is empty."""
    sums = [np.bincount(labels, weights=column, minlength=k) for column in X.T]
    return np.array(sums).T / np.bincount(labels, minlength=k)[:, None]
