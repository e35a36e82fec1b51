"""Checks of kmeans: agreement, the decided details (ties, empty clusters, stopping), speed, growth and memory."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from autograders.judge import assert_close, check


def blobs(rng: np.random.Generator, n: int, d: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping clusters, and k of their points to start from."""
    X = rng.normal(size=(n, d)) + 2 * rng.normal(size=(k, d))[rng.integers(k, size=n)]
    return X, X[rng.choice(n, size=k, replace=False)]


def mirrored(rng: np.random.Generator, half: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole-number points, two by two opposite about a whole-number middle, and that middle.

    Distances, the mean and the median of such data are exact in float64, however they are
    written, so that a tie is a tie for every correct solution.
    """
    middle = rng.integers(-500, 500, size=d).astype(float)
    away = rng.integers(-2000, 2000, size=(half, d)).astype(float)
    X = middle + np.concatenate([away, -away])
    return rng.permutation(X), middle


def assert_clusters(actual: Any, expected: dict[str, Any], scale: float = 1.0) -> None:
    """The same clustering, up to the rounding of sums of values of about this size."""
    assert isinstance(actual, dict), f"kmeans must return a dict, not {type(actual).__name__}"
    assert set(actual) == {"centers", "labels", "inertia", "n_iter"}, f"the keys are {sorted(map(str, actual))}"
    assert_close(actual["labels"], expected["labels"])
    assert_close(actual["centers"], expected["centers"], rtol=1e-9, atol=1e-9 * scale)
    assert_close(actual["inertia"], expected["inertia"], rtol=1e-9, atol=1e-9 * scale**2)
    assert_close(actual["n_iter"], expected["n_iter"])


def square_distances(X: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Squared distances of all points to all centres, by their definition."""
    return ((X[:, None, :] - centers[None, :, :]) ** 2).sum(axis=2)


@check(points=4)
def test_returns_the_promised_shapes_and_types(solution: Any, rng: np.random.Generator) -> None:
    """kmeans returns centres (k, d), whole-number labels (n,), a number as inertia and a whole number as n_iter."""
    n, d, k = (int(rng.integers(*span)) for span in ((20, 40), (2, 5), (3, 6)))
    X, init = blobs(rng, n, d, k)
    answer = solution.kmeans(X, init, 20)
    assert isinstance(answer, dict), f"kmeans must return a dict, not {type(answer).__name__}"
    assert set(answer) == {"centers", "labels", "inertia", "n_iter"}, f"the keys are {sorted(map(str, answer))}"
    centers, labels = np.asarray(answer["centers"]), np.asarray(answer["labels"])
    assert centers.shape == (k, d), f"centers has shape {centers.shape}, wanted {(k, d)}"
    assert centers.dtype == np.float64, f"centers has dtype {centers.dtype}, wanted float64"
    assert labels.shape == (n,), f"labels has shape {labels.shape}, wanted {(n,)}"
    assert labels.dtype.kind == "i", f"labels has dtype {labels.dtype}, wanted whole numbers"
    assert isinstance(answer["inertia"], (float, np.floating)), "inertia must be a float"
    assert isinstance(answer["n_iter"], (int, np.integer)), "n_iter must be an int"


@check(points=6, depends_on=("test_returns_the_promised_shapes_and_types",))
def test_agrees_on_small_data(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """kmeans finds the centres, labels, inertia and count of Lloyd's algorithm on a few points in the plane."""
    X, init = blobs(rng, int(rng.integers(12, 20)), 2, 3)
    assert_clusters(solution.kmeans(X, init, 50), reference.kmeans(X, init, 50))


@check(points=4)
@pytest.mark.parametrize("wrong", ["too many centres", "different columns", "no iterations"])
def test_refuses_impossible_requests(solution: Any, rng: np.random.Generator, wrong: str) -> None:
    """kmeans raises ValueError for k > n, for X and init of different widths, and for max_iter < 1."""
    n, d = int(rng.integers(5, 9)), int(rng.integers(2, 5))
    X = rng.normal(size=(n, d))
    k, width, max_iter = {
        "too many centres": (n + int(rng.integers(1, 4)), d, 5),
        "different columns": (2, d + 1, 5),
        "no iterations": (2, d, -int(rng.integers(0, 2))),
    }[wrong]
    with pytest.raises(ValueError):
        solution.kmeans(X, rng.normal(size=(k, width)), max_iter)


@check(
    points=12,
    hidden=True,
    hint="Compare one iteration with a calculation by hand: nearest centres, then means, then nearest centres again.",
    depends_on=("test_agrees_on_small_data",),
)
@pytest.mark.parametrize("sizes", [(60, 2, 3), (250, 5, 7), (400, 1, 5), (900, 20, 12)])
def test_agrees_on_fresh_data(
    solution: Any, reference: Any, rng: np.random.Generator, sizes: tuple[int, int, int]
) -> None:
    """kmeans agrees with Lloyd's algorithm for one, few and many columns and clusters."""
    X, init = blobs(rng, *sizes)
    assert_clusters(solution.kmeans(X, init, 200), reference.kmeans(X, init, 200))


@check(
    points=6,
    hidden=True,
    hint="One iteration moves the centres and then labels the points anew; n_iter counts the moves.",
    depends_on=("test_agrees_on_small_data",),
)
@pytest.mark.parametrize("max_iter", [1, 2, 3, 5])
def test_stops_after_max_iter_moves(solution: Any, reference: Any, rng: np.random.Generator, max_iter: int) -> None:
    """kmeans moves the centres max_iter times, and no more, when the labels have not settled."""
    X = rng.uniform(-1, 1, size=(int(rng.integers(500, 700)), 3))
    init = X[rng.choice(len(X), size=10, replace=False)]
    assert_clusters(solution.kmeans(X, init, max_iter), reference.kmeans(X, init, max_iter))


@check(
    points=6,
    hidden=True,
    hint="Stop at the first iteration whose new labels equal those that the means were taken of, and count it.",
    depends_on=("test_agrees_on_small_data",),
)
def test_settles_on_a_fixed_point(solution: Any, rng: np.random.Generator) -> None:
    """Starting again from settled centres changes nothing and takes one iteration."""
    X, init = blobs(rng, int(rng.integers(300, 500)), 3, 6)
    first = solution.kmeans(X, init, 1000)
    assert 1 <= first["n_iter"] < 1000, f"n_iter is {first['n_iter']}: the labels should settle much earlier"
    again = solution.kmeans(X, first["centers"], 1000)
    assert_clusters(again, {**first, "n_iter": 1})


@check(
    points=8,
    hidden=True,
    hint="After the last move of the centres, label the points once more and take the inertia of those labels.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
@pytest.mark.parametrize("max_iter", [1, 2, 4])
def test_labels_belong_to_the_returned_centres(solution: Any, rng: np.random.Generator, max_iter: int) -> None:
    """Each label names the centre nearest to its point, and the inertia is the sum of those squared distances."""
    X = rng.normal(size=(int(rng.integers(400, 600)), 4))
    answer = solution.kmeans(X, X[rng.choice(len(X), size=8, replace=False)], max_iter)
    squares = square_distances(X, answer["centers"])
    own = squares[np.arange(len(X)), answer["labels"]]
    np.testing.assert_allclose(own, squares.min(axis=1), rtol=1e-9, atol=1e-9)
    assert_close(float(answer["inertia"]), float(own.sum()), rtol=1e-9)


@check(
    points=4,
    hidden=True,
    hint="Both halves of an iteration can only lower the inertia: look for the one that raises it.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_inertia_never_rises(solution: Any, rng: np.random.Generator) -> None:
    """More iterations never give a larger inertia, and the first one improves on the start."""
    X = rng.normal(size=(int(rng.integers(300, 400)), 3))
    init = X[rng.choice(len(X), size=7, replace=False)]
    course = [float(square_distances(X, init).min(axis=1).sum())]
    course += [float(solution.kmeans(X, init, m)["inertia"]) for m in (1, 2, 3, 5, 8, 13)]
    assert course[1] < course[0], "the inertia after one iteration is not below that of the starting centres"
    assert all(b <= a * (1 + 1e-12) for a, b in pairwise(course)), "the inertia has risen"


@check(
    points=4,
    hidden=True,
    hint="With one cluster the centre is the mean of all points; with a centre on every point nothing is left over.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
@pytest.mark.parametrize("case", ["one cluster", "as many clusters as points", "a single point"])
def test_extreme_numbers_of_clusters(solution: Any, rng: np.random.Generator, case: str) -> None:
    """kmeans is right for k = 1, for k = n and for a single point."""
    n = 1 if case == "a single point" else int(rng.integers(6, 30))
    X = rng.normal(size=(n, 3))
    if case == "as many clusters as points":
        order = rng.permutation(n)
        expected = {"centers": X[order], "labels": np.argsort(order), "inertia": 0.0, "n_iter": 1}
        assert_clusters(solution.kmeans(X, X[order], 10), expected)
        return
    mean = X.mean(axis=0)
    inertia = float(((X - mean) ** 2).sum())
    expected = {"centers": mean[None], "labels": np.zeros(n, dtype=np.int64), "inertia": inertia, "n_iter": 1}
    assert_clusters(solution.kmeans(X, rng.normal(size=(1, 3)), 10), expected)


@check(
    points=5,
    hidden=True,
    hint="A point equally near to two centres belongs to the one with the lower index.",
    depends_on=("test_agrees_on_small_data",),
)
def test_ties_go_to_the_lower_centre(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """A whole-number point half way between two centres is given to the centre that stands first."""
    middle = rng.integers(-50, 50, size=2).astype(float)
    across = rng.integers(1, 9, size=2) * rng.choice([-1.0, 1.0], size=2)
    along = np.array([-across[1], across[0]])
    on_the_line = rng.integers(1, 6, size=(4, 1)) * along
    near = across + rng.integers(-3, 4, size=(6, 1)) * along
    X = rng.permutation(middle + np.concatenate([on_the_line, -on_the_line, near, -near]))
    init = np.array([middle - across, middle + across])
    assert_clusters(solution.kmeans(X, init, 1), reference.kmeans(X, init, 1), scale=100)


@check(
    points=8,
    hidden=True,
    hint="Give two of the starting centres the same place: one of them gets no points, and must take the farthest one.",
    depends_on=("test_agrees_on_small_data",),
)
@pytest.mark.parametrize("max_iter", [1, 40])
def test_empty_cluster_takes_the_farthest_point(
    solution: Any, reference: Any, rng: np.random.Generator, max_iter: int
) -> None:
    """An empty cluster takes the point farthest from its own centre, which leaves its former cluster."""
    X, _ = mirrored(rng, int(rng.integers(20, 40)), 3)
    chosen = X[rng.choice(len(X), size=4, replace=False)]
    init = np.insert(chosen, int(rng.integers(1, 5)), chosen[0], axis=0)
    assert_clusters(solution.kmeans(X, init, max_iter), reference.kmeans(X, init, max_iter), scale=1e4)


@check(
    points=4,
    hidden=True,
    hint="Fill empty clusters in order of index, each with the farthest point not yet taken; the lower index on ties.",
    depends_on=("test_empty_cluster_takes_the_farthest_point",),
)
def test_several_empty_clusters_are_filled_in_order(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """Several empty clusters take the farthest points in turn, and of two equally far points the first."""
    X, middle = mirrored(rng, int(rng.integers(15, 25)), 2)
    init = np.tile(middle, (int(rng.integers(3, 7)), 1))
    assert_clusters(solution.kmeans(X, init, 1), reference.kmeans(X, init, 1), scale=1e4)


@check(
    points=3,
    hidden=True,
    hint="Taking the only member of a cluster would empty that cluster in turn: leave it where it is.",
    depends_on=("test_empty_cluster_takes_the_farthest_point",),
)
def test_a_sole_member_is_not_taken(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """An empty cluster never takes the only member of another one, however far away it is."""
    X, middle = mirrored(rng, int(rng.integers(10, 20)), 2)
    far = rng.integers(30_000, 40_000, size=2).astype(float)
    X = rng.permutation(np.concatenate([X, [middle + far, middle - far]]))
    init = np.array([middle, middle + far - 9000, middle, middle - far + 9000])
    assert_clusters(solution.kmeans(X, init, 1), reference.kmeans(X, init, 1), scale=1e5)


@check(
    points=6,
    hidden=True,
    hint="Far from the origin |x|^2 - 2 x.c + |c|^2 loses all digits that matter: move the data to the origin first.",
    depends_on=("test_agrees_on_small_data",),
)
def test_small_clusters_far_from_the_origin(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """kmeans still separates clusters of width 0.02 when all coordinates are ten million and more."""
    n, d, k = int(rng.integers(300, 500)), 3, 5
    # The centres stand 0.3 apart on a grid, so no point is near a border and labels are certain.
    grid = np.array([[i, j, h] for i in range(3) for j in range(3) for h in range(3)])
    places = 0.3 * grid[rng.choice(len(grid), size=k, replace=False)]
    shift = rng.uniform(1e7, 3e7, size=d)
    X = shift + places[rng.permutation(np.arange(n) % k)] + rng.normal(scale=0.02, size=(n, d)).clip(-0.06, 0.06)
    init = shift + places + rng.normal(scale=0.01, size=(k, d)).clip(-0.03, 0.03)
    actual, expected = solution.kmeans(X, init, 20), reference.kmeans(X, init, 20)
    assert_close(actual["labels"], expected["labels"])
    # Doubles at 3e7 are 3.7e-9 apart; a plain sum of a hundred of them strays by at most about 1e-6 a centre.
    np.testing.assert_allclose(actual["centers"] - shift, expected["centers"] - shift, rtol=0, atol=1e-5)
    assert_close(actual["inertia"], expected["inertia"], rtol=1e-4)


@check(
    points=10,
    hint="One matrix product gives all distances, and np.bincount with weights gives all means.",
    depends_on=("test_agrees_on_small_data",),
)
def test_is_fast(race: Any, rng: np.random.Generator) -> None:
    """Twenty iterations on 4,000 points and 32 centres cost at most four times what the reference's do."""

    def draw() -> tuple[np.ndarray, np.ndarray, int]:
        X = rng.normal(size=(4_000, 16))
        return X, X[rng.choice(len(X), size=32, replace=False)], 20

    race("kmeans", draw).at_most(4.0)


@check(
    points=5,
    hint="Twice the points should cost twice the time: look for a step that compares points with points.",
    depends_on=("test_agrees_on_small_data",),
)
def test_grows_linearly_with_points(growth: Any, rng: np.random.Generator) -> None:
    """The time of ten iterations grows in proportion to the number of points."""

    def draw(n: int) -> tuple[np.ndarray, np.ndarray, int]:
        X = rng.normal(size=(n, 8))
        return X, X[rng.choice(n, size=16, replace=False)], 10

    growth("kmeans", draw, sizes=(4_000, 8_000, 16_000, 32_000, 64_000)).at_most(1.5)


@check(
    points=5,
    hint="An array of shape (n, k, d) is not needed: expand the square, or handle a block of points at a time.",
    depends_on=("test_agrees_on_small_data",),
)
def test_needs_no_array_of_all_differences(memory: Any, rng: np.random.Generator) -> None:
    """20,000 points, 32 centres and 32 columns take at most 64 MB beside the input."""
    X = rng.normal(size=(20_000, 32))
    memory("kmeans", X, X[rng.choice(len(X), size=32, replace=False)], 2).at_most_mb(64)
