"""CART that counts classes by distinct value, grows level by level and numbers the nodes afterwards."""

import numpy as np


class Node:
    """A node that knows its rows and, later, its children."""

    def __init__(self, rows, counts):
        self.rows, self.counts = rows, counts
        self.left = self.right = None
        self.feature, self.threshold = -1, 0.0


def cart_fit(X, y, c, max_depth, min_leaf):
    """Split a whole level at a time."""
    X = np.asfortranarray(X)
    if X.shape[0] < 1 or not np.all(np.isfinite(X)):
        raise ValueError("nothing to learn from")
    root = Node(np.arange(len(X)), np.bincount(y, minlength=c))
    level = [root]
    for _ in range(max_depth):
        following = []
        for node in level:
            node.feature, node.threshold = choose(X[node.rows], y[node.rows], node.counts, min_leaf)
            if node.feature >= 0:
                mask = X[node.rows, node.feature] <= node.threshold
                children = [node.rows[mask], node.rows[~mask]]
                node.left, node.right = (Node(rows, np.bincount(y[rows], minlength=c)) for rows in children)
                following += [node.left, node.right]
        level = following
    return flatten(root)


def choose(X, y, counts, min_leaf):
    """The feature and threshold of the best split, feature -1 where there is none."""
    n, c = len(y), len(counts)
    best, choice = 0.0, (-1, 0.0)
    if counts.max() == n:
        return choice
    impurity = n - (counts * counts).sum() / n
    for feature in range(X.shape[1]):
        values, place = np.unique(X[:, feature], return_inverse=True)
        if len(values) == 1:
            continue
        table = np.bincount(place * c + y, minlength=len(values) * c).reshape(-1, c)
        left = np.cumsum(table, axis=0)[:-1]
        right = counts - left
        a, b = left.sum(1), right.sum(1)
        within = a - np.einsum("ij,ij->i", left, left) / a + b - np.einsum("ij,ij->i", right, right) / b
        decrease = (impurity - within) / n
        decrease[np.minimum(a, b) < min_leaf] = 0.0
        if decrease.max() - best > 1e-12:
            best = decrease.max()
            i = int(np.argmax(decrease >= best - 1e-12))
            middle = (values[i] + values[i + 1]) / 2
            choice = feature, (values[i] if middle == values[i + 1] else middle)
    return choice


def flatten(root):
    """Number the nodes in preorder and write them into arrays."""
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        node.id = len(order)
        order.append(node)
        if node.left is not None:
            stack += [node.right, node.left]
    return {
        "left": np.array([-1 if node.left is None else node.left.id for node in order]),
        "right": np.array([-1 if node.right is None else node.right.id for node in order]),
        "feature": np.array([node.feature for node in order]),
        "threshold": np.array([node.threshold for node in order], dtype=float),
        "value": np.array([node.counts.argmax() for node in order], dtype=float),
        "cover": np.array([len(node.rows) for node in order], dtype=float),
    }


def cart_predict(tree, X):
    """Move all rows down by one level until each is in a leaf."""
    node = np.zeros(len(X), dtype=int)
    while True:
        inner = tree["left"][node] >= 0
        if not inner.any():
            return tree["value"][node].astype(int)
        x = X[np.arange(len(X)), np.maximum(tree["feature"][node], 0)]
        below = np.where(x <= tree["threshold"][node], tree["left"][node], tree["right"][node])
        node = np.where(inner, below, node)
