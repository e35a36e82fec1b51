"""Checks of attention and attention_vjp: agreement, masks, extreme scores, derivatives, cost."""

from typing import Any

import numpy as np
import pytest

from autograders.judge import assert_close, check

Case = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def draw(rng: np.random.Generator, b: int, t: int, s: int, d: int, e: int) -> Case:
    """Q, K, V and a mask in which each query may attend some key."""
    mask = rng.uniform(size=(b, t, s)) < 0.6
    np.put_along_axis(mask, rng.integers(s, size=(b, t, 1)), True, axis=2)
    Q, K, V = rng.normal(size=(b, t, d)), rng.normal(size=(b, s, d)), rng.normal(size=(b, s, e))
    return Q, K, V, mask


def sizes(rng: np.random.Generator) -> tuple[int, int, int, int, int]:
    """Small sizes b, t, s, d, e, the last four all different."""
    t, s, d, e = rng.choice(np.arange(2, 9), size=4, replace=False)
    return int(rng.integers(1, 4)), int(t), int(s), int(d), int(e)


def largest(*arrays: np.ndarray) -> float:
    """The largest entry in size."""
    return float(max(np.abs(a).max(initial=0.0) for a in arrays))


def assert_attention(actual: Any, expected: Any, case: Case, slack: float = 1e-11) -> None:
    """Equal outputs and weights; weights are at most 1, so errors count against 1 and against the largest value."""
    assert isinstance(actual, tuple), f"attention must return (out, P), not {type(actual).__name__}"
    assert len(actual) == 2, f"attention must return two arrays, not {len(actual)}"
    assert_close(actual[0], expected[0], rtol=1e-9, atol=slack * largest(case[2]))
    assert_close(actual[1], expected[1], rtol=1e-9, atol=slack)


def assert_gradients(actual: Any, expected: Any, case: Case, G: np.ndarray, slack: float = 1e-11) -> None:
    """Equal gradients; their rows cancel, so errors count against the product of what was multiplied."""
    assert isinstance(actual, tuple), f"attention_vjp must return (gQ, gK, gV), not {type(actual).__name__}"
    assert len(actual) == 3, f"attention_vjp must return three arrays, not {len(actual)}"
    Q, K, V, _ = case
    atol = slack * (1 + largest(G)) * (1 + largest(V)) * (1 + largest(Q, K))
    for got, wanted in zip(actual, expected, strict=True):
        assert_close(got, wanted, rtol=1e-9, atol=atol)


@check(points=4)
def test_returns_the_promised_shapes_and_types(solution: Any, rng: np.random.Generator) -> None:
    """attention returns two and attention_vjp three float64 arrays of the promised shapes."""
    b, t, s, d, e = sizes(rng)
    case = draw(rng, b, t, s, d, e)
    forwards, backwards = solution.attention(*case), solution.attention_vjp(*case, rng.normal(size=(b, t, e)))
    assert isinstance(forwards, tuple), f"attention must return a tuple, not {type(forwards).__name__}"
    assert isinstance(backwards, tuple), f"attention_vjp must return a tuple, not {type(backwards).__name__}"
    assert len(forwards) == 2, f"attention must return two arrays, not {len(forwards)}"
    assert len(backwards) == 3, f"attention_vjp must return three arrays, not {len(backwards)}"
    shapes = {"out": (b, t, e), "P": (b, t, s), "gQ": (b, t, d), "gK": (b, s, d), "gV": (b, s, e)}
    for answer, (name, shape) in zip((*forwards, *backwards), shapes.items(), strict=True):
        assert isinstance(answer, np.ndarray), f"{name} must be a numpy array, not {type(answer).__name__}"
        assert answer.shape == shape, f"{name} has shape {answer.shape}, wanted {shape}"
        assert answer.dtype == np.float64, f"{name} has dtype {answer.dtype}, wanted float64"


@check(points=8, depends_on=("test_returns_the_promised_shapes_and_types",))
@pytest.mark.parametrize("name", ["attention", "attention_vjp"])
def test_agrees_on_small_arrays(solution: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """attention and attention_vjp are right for two queries and three keys."""
    case = draw(rng, 1, 2, 3, 2, 2)
    if name == "attention":
        assert_attention(solution.attention(*case), reference.attention(*case), case)
    else:
        G = rng.normal(size=(1, 2, 2))
        assert_gradients(solution.attention_vjp(*case, G), reference.attention_vjp(*case, G), case, G)


@check(points=4)
@pytest.mark.parametrize("wrong", ["width of keys", "number of values", "shape of mask", "type of mask", "shape of G"])
def test_refuses_what_does_not_fit(solution: Any, rng: np.random.Generator, wrong: str) -> None:
    """ValueError is raised for shapes that do not fit together and for a mask that is not boolean."""
    b, t, s, d, e = sizes(rng)
    Q, K, V, mask = draw(rng, b, t, s, d, e)
    name, arguments = {
        "width of keys": ("attention", (Q, rng.normal(size=(b, s, d + 1)), V, mask)),
        "number of values": ("attention", (Q, K, rng.normal(size=(b, s + 1, e)), mask)),
        "shape of mask": ("attention", (Q, K, V, mask[:, :1])),
        "type of mask": ("attention", (Q, K, V, mask.astype(float))),
        "shape of G": ("attention_vjp", (Q, K, V, mask, rng.normal(size=(b, t, 1)))),
    }[wrong]
    with pytest.raises(ValueError):
        getattr(solution, name)(*arguments)


@check(
    points=12,
    hidden=True,
    hint="Divide the scores by the square root of d, give forbidden keys -inf, take softmax over the keys.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_attention_agrees_on_fresh_arrays(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """attention agrees with its definition for several shapes, and the weights of each query sum to one."""
    for _ in range(4):
        case = draw(rng, *sizes(rng))
        out, P = solution.attention(*case)
        assert_attention((out, P), reference.attention(*case), case)
        np.testing.assert_allclose(P.sum(axis=2), 1, rtol=1e-9)
        assert np.count_nonzero(P[~case[3]]) == 0, "a key that may not be attended has a weight"


@check(
    points=12,
    hidden=True,
    hint="Go back step by step: out = P V, P = softmax(S), S = Q K' / sqrt(d); each step hands on its gradient.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_gradients_agree_on_fresh_arrays(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """attention_vjp agrees with the gradients of the definition for several shapes."""
    for _ in range(4):
        case = draw(rng, *sizes(rng))
        G = rng.normal(size=(*case[0].shape[:2], case[2].shape[2]))
        assert_gradients(solution.attention_vjp(*case, G), reference.attention_vjp(*case, G), case, G)


@check(
    points=6,
    hidden=True,
    hint="Move one of Q, K, V a little: the change of sum(G * out) must be what its gradient predicts.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
@pytest.mark.parametrize("moved", [0, 1, 2])
def test_gradients_predict_small_changes(solution: Any, rng: np.random.Generator, moved: int) -> None:
    """The gradients predict how the output changes when the queries, keys or values move a little."""
    case = draw(rng, *sizes(rng))
    G = rng.normal(size=(*case[0].shape[:2], case[2].shape[2]))
    direction, h = rng.normal(size=case[moved].shape), 1e-5
    there, back = list(case), list(case)
    there[moved], back[moved] = case[moved] + h * direction, case[moved] - h * direction
    change = float(((solution.attention(*there)[0] - solution.attention(*back)[0]) * G).sum()) / (2 * h)
    predicted = float((solution.attention_vjp(*case, G)[moved] * direction).sum())
    # Central differences err by about h**2 from the curve and eps / h from rounding.
    np.testing.assert_allclose(predicted, change, rtol=1e-5, atol=1e-6)


@check(
    points=8,
    hidden=True,
    hint="For a query without keys do not subtract a maximum of -inf and do not divide by a sum of 0.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
@pytest.mark.parametrize("name", ["attention", "attention_vjp"])
def test_a_query_that_may_attend_nothing(solution: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """A query that may attend no key has zero output, weights and gradient, and leaves the others as they are."""
    b, t, s, d, e = 2, int(rng.integers(4, 8)), int(rng.integers(2, 6)), 3, 2
    case = draw(rng, b, t, s, d, e)
    blind = rng.permutation(t)[:2]
    case[3][int(rng.integers(b)), blind] = False
    if name == "attention":
        assert_attention(solution.attention(*case), reference.attention(*case), case)
    else:
        G = rng.normal(size=(b, t, e))
        assert_gradients(solution.attention_vjp(*case, G), reference.attention_vjp(*case, G), case, G)


@check(
    points=4,
    hidden=True,
    hint="Forbidden keys must be gone before the weights are divided by their sum.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_the_future_has_no_influence(solution: Any, rng: np.random.Generator) -> None:
    """With a causal mask the first outputs do not change when later keys and values do."""
    t = int(rng.integers(5, 10))
    Q, K, V, _ = draw(rng, 2, t, t, 4, 3)
    mask = np.tile(np.tril(np.ones((t, t), dtype=bool)), (2, 1, 1))
    cut = int(rng.integers(2, t - 1))
    other_K, other_V = K.copy(), V.copy()
    other_K[:, cut:], other_V[:, cut:] = 5 * rng.normal(size=(2, t - cut, 4)), rng.normal(size=(2, t - cut, 3))
    first, second = solution.attention(Q, K, V, mask)[0], solution.attention(Q, other_K, other_V, mask)[0]
    assert_close(first[:, :cut], second[:, :cut], rtol=1e-9, atol=1e-11 * largest(V))
    assert_close(first[:, 0], V[:, 0], rtol=1e-9)


@check(
    points=4,
    hidden=True,
    hint="Keys are a set: order matters only through the mask and the values that go with them.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_the_order_of_keys_does_not_matter(solution: Any, rng: np.random.Generator) -> None:
    """Keys, values and columns of the mask in another order give the same output."""
    case = draw(rng, *sizes(rng))
    Q, K, V, mask = case
    order = rng.permutation(K.shape[1])
    out, P = solution.attention(*case)
    assert_attention(solution.attention(Q, K[:, order], V[:, order], mask[:, :, order]), (out, P[:, :, order]), case)


@check(
    points=6,
    hidden=True,
    hint="exp overflows above 709: subtract from each row of scores its maximum.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_huge_scores(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """Scores about plus and minus 10,000 give finite weights and gradients."""
    b, t, s, d, e = sizes(rng)
    Q, K, V, mask = draw(rng, b, t, s, d, e)
    case = (100 * Q, 100 * K, V, mask)
    G = rng.normal(size=(b, t, e))
    # A score is a sum of d products about 1e4: its rounding moves a weight by up to some 1e-10 of it.
    assert_attention(solution.attention(*case), reference.attention(*case), case, slack=1e-9)
    assert_gradients(solution.attention_vjp(*case, G), reference.attention_vjp(*case, G), case, G, slack=1e-8)


@check(
    points=6,
    hidden=True,
    hint="Take the maximum over the allowed keys only: a forbidden key may have a far larger score.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_a_forbidden_key_with_a_huge_score(solution: Any, reference: Any, rng: np.random.Generator) -> None:
    """A key that may not be attended has no influence, even if its score exceeds the others by thousands."""
    b, s, d = int(rng.integers(3, 6)), int(rng.integers(3, 7)), int(rng.integers(2, 5))
    Q, K, V, mask = draw(rng, b, 1, s, d, 3)
    forbidden = rng.integers(s, size=b)
    rows = np.arange(b)
    mask[:, 0] = True
    mask[rows, 0, forbidden] = False
    length = np.linalg.norm(Q[:, 0], axis=1, keepdims=True)
    K[rows, forbidden] = rng.uniform(5e3, 1e4, size=(b, 1)) * np.sqrt(d) * Q[:, 0] / length**2
    case = (Q, K, V, mask)
    assert_attention(solution.attention(*case), reference.attention(*case), case)


@check(
    points=4,
    hidden=True,
    hint="With one allowed key its weight is 1 and the output is its value, whatever the score.",
    depends_on=("test_returns_the_promised_shapes_and_types",),
)
def test_a_single_key(solution: Any, rng: np.random.Generator) -> None:
    """With a single key the output is its value, and queries and keys have zero gradient."""
    b, t, d, e = int(rng.integers(1, 4)), int(rng.integers(2, 6)), int(rng.integers(1, 5)), int(rng.integers(1, 5))
    Q, K, V, _ = draw(rng, b, t, 1, d, e)
    mask = np.ones((b, t, 1), dtype=bool)
    G = rng.normal(size=(b, t, e))
    case = (Q, K, V, mask)
    assert_attention(solution.attention(*case), (np.repeat(V, t, axis=1), np.ones((b, t, 1))), case)
    expected = (np.zeros_like(Q), np.zeros_like(K), G.sum(axis=1, keepdims=True))
    assert_gradients(solution.attention_vjp(*case, G), expected, case, G)


@check(
    points=6,
    hint="Multiply whole batches: Q @ K.transpose(0, 2, 1) gives all scores at once.",
    depends_on=("test_agrees_on_small_arrays",),
)
def test_attention_is_fast(race: Any, rng: np.random.Generator) -> None:
    """attention of 256 queries and keys in 4 batches costs at most three times what the reference's does."""
    race("attention", lambda: draw(rng, 4, 256, 256, 32, 32)).at_most(3.0)


@check(
    points=6,
    hint="Keep whole batches on the way back too: four matrix products and one sum over the keys are enough.",
    depends_on=("test_agrees_on_small_arrays",),
)
def test_gradients_are_fast(race: Any, rng: np.random.Generator) -> None:
    """attention_vjp of 256 queries and keys in 4 batches costs at most three times what the reference's does."""

    def arguments() -> tuple[np.ndarray, ...]:
        return (*draw(rng, 4, 256, 256, 32, 32), rng.normal(size=(4, 256, 32)))

    def compare(actual: Any, expected: Any) -> None:
        assert_close(actual, expected, rtol=1e-6, atol=1e-9)

    race("attention_vjp", arguments, compare=compare).at_most(3.0)


@check(
    points=5,
    hint="Queries times keys is all there is: look for a step that takes a third factor of the length.",
    depends_on=("test_agrees_on_small_arrays",),
)
def test_grows_with_queries_times_keys(growth: Any, rng: np.random.Generator) -> None:
    """The time of attention grows at most with the square of the length, within the noise."""
    growth("attention", lambda n: draw(rng, 2, n, n, 32, 32), sizes=(128, 224, 384, 576, 896)).at_most(2.7)


@check(
    points=5,
    hint="The derivatives of softmax need no matrix a row: work out diag(p) g - p (p.g) on paper.",
    depends_on=("test_agrees_on_small_arrays",),
)
def test_gradients_form_no_jacobian(memory: Any, rng: np.random.Generator) -> None:
    """attention_vjp of 256 queries and keys takes at most 32 MB beside its inputs and outputs."""
    memory("attention_vjp", *draw(rng, 1, 256, 256, 16, 16), rng.normal(size=(1, 256, 16))).at_most_mb(32)
