"""Checks of cart-classifier. Trees are compared node by node; thresholds up to rounding."""

import numpy as np
import pytest

from autograders.judge import assert_close, check

INTEGER, REAL = ("left", "right", "feature"), ("threshold", "value", "cover")


# --- inputs: everything is drawn, nothing is constant -----------------------------------------


def draw_data(rng, n, d, c, noise=1.0):
    """Features of different units, classes that depend on them through noisy linear scores."""
    Z = rng.normal(size=(n, d))
    y = (Z @ rng.normal(size=(d, c)) + noise * rng.normal(size=(n, c))).argmax(axis=1)
    return Z * rng.uniform(0.1, 30.0, size=d) + rng.uniform(-50.0, 50.0, size=d), y


def draw_grid(rng, n, d, levels, c):
    """Few distinct values, random classes and a repeated column: equally good splits abound."""
    X = rng.integers(0, levels, size=(n, d)) * rng.uniform(0.5, 2.0, size=d)
    copy, original = rng.choice(d, size=2, replace=False)
    X[:, copy] = X[:, original]
    return X, rng.integers(0, c, size=n)


def draw_useless_features(rng):
    """Two classes as p to q, and features whose two values each hold them as p to q again."""
    (p, q), n = rng.integers(1, 20, size=2), rng.integers(10, 20)
    share = rng.integers(1, n, size=30)
    first, second = np.arange(p * n)[:, None] < p * share, np.arange(q * n)[:, None] < q * share
    return np.vstack([first, second]).astype(float), np.repeat([0, 1], [p * n, q * n])


def draw_tree(rng, inner, d, c):
    """A random tree with `inner` splits whose nodes are numbered in no particular order."""
    size = 2 * inner + 1
    tree = {name: np.full(size, -1) for name in INTEGER} | {name: np.zeros(size) for name in REAL}
    ids, leaves = list(1 + rng.permutation(size - 1)), [0]
    for _ in range(inner):
        node = leaves.pop(rng.integers(len(leaves)))
        tree["left"][node], tree["right"][node] = ids.pop(), ids.pop()
        tree["feature"][node], tree["threshold"][node] = rng.integers(d), rng.integers(-3, 4)
        leaves += [tree["left"][node], tree["right"][node]]
    tree["value"], tree["cover"] = rng.integers(0, c, size=size).astype(float), np.ones(size)
    return tree


# --- comparisons ------------------------------------------------------------------------------


def well_formed(tree):
    """The tree, after its keys, lengths and dtypes were looked at; leaves' unused fields blanked."""
    assert isinstance(tree, dict), f"cart_fit must return a dict, not {type(tree).__name__}"
    assert set(tree) == {*INTEGER, *REAL}, f"the tree's keys are {sorted(map(str, tree))}"
    for name in (*INTEGER, *REAL):
        array, kind = tree[name], "i" if name in INTEGER else "f"
        assert isinstance(array, np.ndarray), f"tree[{name!r}] must be an array, not {type(array).__name__}"
        assert array.dtype.kind == kind, f"tree[{name!r}] has dtype {array.dtype}"
        assert array.shape == (len(tree["left"]),), f"tree[{name!r}] has shape {array.shape}"
    leaf = tree["left"] < 0
    unused = {"feature": np.where(leaf, -1, tree["feature"]), "threshold": np.where(leaf, 0.0, tree["threshold"])}
    return {**tree, **unused}


def same_tree(actual, expected):
    """Equal node by node. A midpoint may be rounded differently: 1e-12 of its size, or absolute."""
    actual, expected = well_formed(actual), well_formed(expected)
    for name in ("cover", "left", "right", "feature", "value"):
        assert_close(actual[name], expected[name], rtol=0.0)
    assert_close(actual["threshold"], expected["threshold"], rtol=1e-12, atol=1e-12)


def follow(tree, row):
    """The nodes that one row passes, from the root to its leaf."""
    path = [0]
    while tree["left"][path[-1]] >= 0:
        node = path[-1]
        goes_left = row[tree["feature"][node]] <= tree["threshold"][node]
        path.append(int(tree["left" if goes_left else "right"][node]))
        assert len(path) <= len(tree["left"]), "following left and right runs in a circle"
    return path


def predictions(tree, X):
    """The class of each row, found by following one row at a time."""
    return np.array([tree["value"][follow(tree, row)[-1]] for row in X]).astype(int)


# --- correctness ------------------------------------------------------------------------------


@check(points=6, hint="Sort the rows by the feature and try the midpoint between each two neighbours that differ.")
def test_one_split_of_one_feature(solution, reference, rng):
    """With one feature and max_depth=1 the split is the midpoint that decreases Gini impurity most."""
    for c in (2, 3):
        X, y = draw_data(rng, int(rng.integers(20, 60)), 1, c, noise=0.3)
        same_tree(solution.cart_fit(X, y, c, 1, 1), reference.cart_fit(X, y, c, 1, 1))


@check(points=8, hint="Append a node, then its whole left subtree, then its right one; cover counts training rows.")
def test_tree_describes_its_training_rows(solution, rng):
    """The tree's nodes are in preorder, and following the training rows gives each node's value and cover."""
    X, y = draw_data(rng, 150, 3, 3)
    tree = well_formed(solution.cart_fit(X, y, 3, 4, 2))
    counts = np.zeros((len(tree["left"]), 3))
    for row, label in zip(X, y, strict=True):
        path = follow(tree, row)
        assert len(path) <= 5, f"a leaf lies at depth {len(path) - 1}, deeper than max_depth=4"
        counts[path, label] += 1
    assert_close(tree["cover"], counts.sum(axis=1))
    assert_close(tree["value"], counts.argmax(axis=1).astype(float))
    inner = np.flatnonzero(tree["left"] >= 0)
    assert_close(tree["left"][inner], inner + 1)
    smallest = counts.sum(axis=1).min()
    assert smallest >= 2, f"a node holds {smallest:.0f} rows, fewer than min_leaf=2"


@check(points=16, hidden=True, hint="Weight each child's impurity by its share of the rows, and try every feature.")
@pytest.mark.parametrize(
    ("n", "d", "c", "depth", "min_leaf"),
    [(80, 2, 2, 3, 1), (300, 5, 3, 5, 3), (400, 4, 6, 30, 1)],
    ids=["two features", "five features", "fully grown"],
)
def test_agrees_on_continuous_features(solution, reference, rng, n, d, c, depth, min_leaf):
    """The tree equals the reference tree on continuous features, from shallow to fully grown."""
    X, y = draw_data(rng, n, d, c)
    same_tree(solution.cart_fit(X, y, c, depth, min_leaf), reference.cart_fit(X, y, c, depth, min_leaf))


@check(
    points=8,
    hidden=True,
    hint="Tied decreases may differ by rounding: within 1e-12 the lower feature wins, then the lower threshold.",
)
@pytest.mark.parametrize(("levels", "c"), [(2, 2), (4, 3)], ids=["two values", "four values"])
def test_ties_are_broken_as_stated(solution, reference, rng, levels, c):
    """Among equally good splits the lower feature, then the lower threshold is taken."""
    for _ in range(5):
        X, y = draw_grid(rng, 60, 4, levels, c)
        same_tree(solution.cart_fit(X, y, c, 6, 1), reference.cart_fit(X, y, c, 6, 1))


@check(
    points=6, hidden=True, hint="A split that leaves too small a child is no candidate: take the best of the others."
)
def test_min_leaf_limits_the_candidates(solution, reference, rng):
    """When the best split would leave too few rows, the best permitted split is taken instead."""
    for _ in range(4):
        X, y = draw_data(rng, 90, 2, 2, noise=0.2)
        column = int(rng.integers(2))
        y[np.argsort(X[:, column])[: rng.integers(3, 7)]] = 2  # a class of its own, but too few rows
        same_tree(solution.cart_fit(X, y, 3, 4, 12), reference.cart_fit(X, y, 3, 4, 12))


@check(points=6, hidden=True, hint="Only the order of a feature's values may decide, never their distances.")
def test_monotone_change_of_units(solution, rng):
    """Replacing every feature by an increasing function of it changes thresholds and nothing else."""
    X, y = draw_data(rng, 150, 3, 3)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    first = well_formed(solution.cart_fit(Z, y, 3, 5, 2))
    second = well_formed(solution.cart_fit(Z**3 + rng.uniform(0.1, 2.0) * Z, y, 3, 5, 2))
    for name in ("cover", "left", "right", "feature", "value"):
        assert_close(second[name], first[name], rtol=0.0)


@check(points=5, hint="Read left and right: in a tree from elsewhere the left child need not be the next node.")
def test_predict_follows_the_tree(solution, rng):
    """cart_predict follows any tree of this form, and a row equal to a threshold goes left."""
    tree = draw_tree(rng, int(rng.integers(8, 20)), 3, 4)
    X = rng.integers(-4, 5, size=(60, 3)).astype(float)
    assert_close(solution.cart_predict(tree, X), predictions(tree, X))


@check(points=5, hidden=True, hint="A row that equals a threshold goes left, and a tree may be one leaf or very deep.")
def test_fit_then_predict(solution, reference, rng):
    """Predictions of the fitted tree on new rows are the reference's, and a grown tree fits its training set."""
    X, y = draw_data(rng, 300, 4, 4)
    X, new = np.asfortranarray(X), np.vstack([draw_data(rng, 200, 4, 4)[0], X])
    tree, expected = solution.cart_fit(X, y, 4, 5, 4), reference.cart_fit(X, y, 4, 5, 4)
    assert_close(solution.cart_predict(tree, new), predictions(expected, new))
    full = solution.cart_fit(X, y, 4, 300, 1)
    assert_close(solution.cart_predict(full, X), y)


# --- edge cases -------------------------------------------------------------------------------


@check(points=4, hint="Make a leaf when max_depth is reached, when one class is left and when no split helps.")
def test_stops_where_it_must(solution, reference, rng):
    """max_depth=0, a single class, constant features, and splits that decrease nothing all give one leaf."""
    n, c = int(rng.integers(10, 40)), int(rng.integers(3, 6))
    X, y = draw_data(rng, n, 2, c)
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * rng.uniform(0.5, 2.0, size=2)
    xor = np.repeat(corners, n, axis=0), np.repeat([0, 1, 1, 0], n)
    cases = [(X, y, 0), (X, np.full(n, c - 1), 5), (np.full((n, 3), rng.normal()), y, 5), (*xor, 5)]
    cases += [(*draw_useless_features(rng), 5) for _ in range(20)]
    for features, labels, depth in cases:
        tree = well_formed(solution.cart_fit(features, labels, c, depth, 1))
        assert len(tree["left"]) == 1, f"expected one leaf, found {len(tree['left'])} nodes"
        same_tree(tree, reference.cart_fit(features, labels, c, depth, 1))


@check(points=3, hidden=True, hint="np.argmax takes the first of equal counts: that is the lower class.")
def test_label_ties_go_to_the_lower_class(solution, rng):
    """A leaf in which two classes are equally frequent predicts the lower one."""
    for _ in range(4):
        low, high = sorted(rng.choice(6, size=2, replace=False))
        y = rng.permutation(np.repeat([low, high], rng.integers(3, 9)))
        X = np.full((len(y), 2), rng.normal())
        tree = well_formed(solution.cart_fit(X, y, 6, 3, 1))
        assert_close(tree["value"], np.array([float(low)]))
        assert_close(solution.cart_predict(tree, X), np.full(len(y), low))


@check(
    points=5,
    hidden=True,
    hint="Candidates lie between different neighbours; a midpoint that rounds to the upper one becomes the lower.",
)
def test_close_and_repeated_values(solution, reference, rng):
    """Rows with equal values are never parted, and neighbouring floats are still told apart."""
    X = np.repeat(rng.normal(size=(25, 2)), 4, axis=0)
    y = rng.integers(0, 3, size=100)
    same_tree(solution.cart_fit(X, y, 3, 40, 3), reference.cart_fit(X, y, 3, 40, 3))
    low = rng.uniform(1.0, 2.0)
    for _ in range(2):  # of two neighbouring pairs, one midpoint rounds down and one up
        high = np.nextafter(low, 3.0)
        pair, labels = np.repeat([[low], [high]], 5, axis=0), np.repeat([1, 0], 5)
        tree = well_formed(solution.cart_fit(pair, labels, 2, 3, 1))
        assert len(tree["left"]) == 3, f"expected one split, found {len(tree['left'])} nodes"
        assert low <= tree["threshold"][0] < high, "the threshold does not lie between the two neighbours"
        assert_close(solution.cart_predict(tree, pair), labels)
        low = high


@check(points=3, hint="Raise ValueError before anything is computed.")
def test_refuses_bad_features(solution, rng):
    """No rows, a NaN and an infinity raise ValueError."""
    X, y = draw_data(rng, 20, 3, 2)
    with pytest.raises(ValueError):
        solution.cart_fit(X[:0], y[:0], 2, 3, 1)
    for bad in (np.nan, np.inf):
        spoilt = X.copy()
        spoilt[rng.integers(20), rng.integers(3)] = bad
        with pytest.raises(ValueError):
            solution.cart_fit(spoilt, y, 2, 3, 1)


# --- cost -------------------------------------------------------------------------------------


@check(
    points=10,
    hint="Sort once per node and feature; cumulative sums then give the class counts of every candidate at once.",
    depends_on=("test_one_split_of_one_feature",),
)
def test_speed(race, rng):
    """Fitting 4,000 rows of 8 features to depth 6 takes at most 3 times the reference's time."""

    def draw():
        X, y = draw_data(rng, 4_000, 8, 3)
        return X, y, 3, 6, 5

    race("cart_fit", draw, compare=same_tree).at_most(3.0)


@check(
    points=10,
    hint="Counting the classes anew for each candidate is quadratic: move one row at a time from right to left.",
    depends_on=("test_one_split_of_one_feature",),
)
def test_growth(growth, rng):
    """The time grows nearly linearly with the number of rows: twice the rows, a little over twice the time."""

    def draw(n):
        X, y = draw_data(rng, n, 4, 3)
        return X, y, 3, 4, 2

    growth("cart_fit", draw, sizes=(1_000, 2_000, 4_000, 8_000, 16_000, 32_000), compare=same_tree).at_most(1.5)


@check(
    points=5,
    hint="Work on one feature at a time: neither an n-by-n nor an n-by-d-by-c array is needed.",
    depends_on=("test_one_split_of_one_feature",),
)
def test_memory(memory, rng):
    """Fitting 30,000 rows of 24 features and 8 classes takes at most 64 MB beyond its input."""
    memory("cart_fit", *draw_data(rng, 30_000, 24, 8), 8, 2, 5, compare=same_tree).at_most_mb(64)
