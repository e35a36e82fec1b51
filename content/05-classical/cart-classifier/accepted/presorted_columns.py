"""CART that sorts every column once and hands the sorted orders down, with a stack instead of recursion."""

import numpy as np


def cart_fit(X, y, c, max_depth, min_leaf):
    """Grow the tree from a stack of nodes to do, the left child on top."""
    n, d = X.shape
    if n == 0 or np.isnan(X).any() or np.isinf(X).any():
        raise ValueError("no rows, or values that are not finite")
    nodes = []
    orders = [np.argsort(X[:, j], kind="mergesort") for j in range(d)]
    stack = [(orders, 0, None, None)]
    while stack:
        orders, depth, parent, side = stack.pop()
        node = len(nodes)
        if parent is not None:
            nodes[parent][side] = node
        counts = np.bincount(y[orders[0]], minlength=c)
        nodes.append([-1, -1, -1, 0.0, int(np.argmax(counts)), len(orders[0])])
        found = None if depth >= max_depth or np.count_nonzero(counts) == 1 else search(X, y, c, orders, min_leaf)
        if found is None:
            continue
        feature, threshold = found
        nodes[node][2:4] = feature, threshold
        goes_left = X[:, feature] <= threshold
        left = [order[goes_left[order]] for order in orders]
        right = [order[~goes_left[order]] for order in orders]
        stack.append((right, depth + 1, node, 1))
        stack.append((left, depth + 1, node, 0))
    columns = list(zip(*nodes, strict=True))
    names = ("left", "right", "feature", "threshold", "value", "cover")
    return {name: np.array(columns[i], np.int64 if i < 3 else np.float64) for i, name in enumerate(names)}


def search(X, y, c, orders, min_leaf):
    """Minimises the children's weighted impurity, class by class."""
    n = len(orders[0])
    all_counts = np.bincount(y[orders[0]], minlength=c)
    gini = 1 - np.sum((all_counts / n) ** 2)
    n_left = np.arange(1.0, n)
    n_right = n - n_left
    best_decrease, best = 1e-12, None
    for feature, order in enumerate(orders):
        x, labels = X[order, feature], y[order]
        squares_left, squares_right = np.zeros(n - 1), np.zeros(n - 1)
        for k in np.flatnonzero(all_counts):
            count = np.cumsum(labels == k)[:-1]
            squares_left += (count / n_left) ** 2
            squares_right += ((all_counts[k] - count) / n_right) ** 2
        decrease = gini - n_left / n * (1 - squares_left) - n_right / n * (1 - squares_right)
        permitted = (x[:-1] != x[1:]) & (n_left >= min_leaf) & (n_right >= min_leaf)
        decrease = np.where(permitted, decrease, -1.0)
        top = decrease.max(initial=-1.0)
        if top > best_decrease + (1e-12 if best else 0.0):
            i = np.flatnonzero(decrease > top - 1e-12)[0]
            threshold = 0.5 * x[i] + 0.5 * x[i + 1]
            best_decrease, best = top, (feature, threshold if threshold < x[i + 1] else x[i])
    return best


def cart_predict(tree, X):
    """One row after the other."""
    out = np.empty(len(X), dtype=np.int64)
    for i in range(len(X)):
        node = 0
        while tree["left"][node] != -1:
            left = X[i, tree["feature"][node]] <= tree["threshold"][node]
            node = tree["left"][node] if left else tree["right"][node]
        out[i] = int(tree["value"][node])
    return out
