# Uses the midpoint even where it rounds to the upper value: the right child is empty.
import numpy as np

TIE = 1e-12
FIELDS = {"left": np.int64, "right": np.int64, "feature": np.int64, "threshold": float, "value": float, "cover": float}


def cart_fit(X, y, c, max_depth, min_leaf):
    """Grow a tree on X (n, d) and classes y (n,) in 0..c-1; nodes are numbered in preorder."""
    if len(X) == 0 or not np.isfinite(X).all():
        raise ValueError("X must have rows and finite values only")
    tree = {name: [] for name in FIELDS}
    one_hot = np.eye(c)[y]

    def grow(rows, depth):
        """Append the node that holds these rows, then its left and its right subtree."""
        node = len(tree["left"])
        counts = one_hot[rows].sum(axis=0)
        leaf = {"left": -1, "right": -1, "feature": -1, "threshold": 0.0, "value": counts.argmax(), "cover": len(rows)}
        for name, column in tree.items():
            column.append(leaf[name])
        if depth == max_depth or counts.max() == len(rows):
            return node
        split = best_split(X[rows], one_hot[rows], min_leaf)
        if split is not None:
            feature, threshold = split
            goes_left = X[rows, feature] <= threshold
            tree["feature"][node], tree["threshold"][node] = feature, threshold
            tree["left"][node] = grow(rows[goes_left], depth + 1)
            tree["right"][node] = grow(rows[~goes_left], depth + 1)
        return node

    grow(np.arange(len(X)), 0)
    return {name: np.array(tree[name], dtype) for name, dtype in FIELDS.items()}


def best_split(X, one_hot, min_leaf):
    """The (feature, threshold) that decreases the Gini impurity most, None where nothing does."""
    n, d = X.shape
    size = np.arange(min_leaf, n - min_leaf + 1)  # every permitted number of rows on the left
    if len(size) == 0:
        return None
    total = one_hot.sum(axis=0)
    best, split = 0.0, None
    for feature in range(d):
        order = X[:, feature].argsort()
        x = X[order, feature]
        left = one_hot[order].cumsum(axis=0)[size - 1]  # class counts of the first `size` rows
        right = total - left
        purity = (left**2).sum(axis=1) / size + (right**2).sum(axis=1) / (n - size)
        decrease = (purity - (total**2).sum() / n) / n
        decrease[x[size - 1] == x[size]] = 0.0  # equal values cannot be told apart
        if decrease.max() > best + TIE:
            best = decrease.max()
            i = size[np.argmax(decrease >= best - TIE)]
            split = feature, midpoint(x[i - 1], x[i])
    return split


def midpoint(low, high):
    """A threshold t with low <= t < high, even where no float lies between the two."""
    middle = low + (high - low) / 2
    return middle


def cart_predict(tree, X):
    """Send all rows down the tree together, one level at a time."""
    node = np.zeros(len(X), dtype=np.int64)
    rows = np.arange(len(X))
    while len(rows):
        rows = rows[tree["left"][node[rows]] >= 0]  # those not yet in a leaf
        here = node[rows]
        goes_left = X[rows, tree["feature"][here]] <= tree["threshold"][here]
        node[rows] = np.where(goes_left, tree["left"][here], tree["right"][here])
    return tree["value"][node].astype(np.int64)
