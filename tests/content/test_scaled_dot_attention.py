"""The reference of scaled-dot-attention agrees with PyTorch's attention, its autograd, and a sum written out."""

from __future__ import annotations

import math
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

FOLDER = Path(__file__).parents[2] / "content/06-deep-learning/scaled-dot-attention"

Array = NDArray[Any]
Functions = dict[str, Callable[..., tuple[Array, ...]]]


@pytest.fixture(scope="module")
def reference() -> Functions:
    return runpy.run_path(str(FOLDER / "reference.py"))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Arrays this small gain nothing from threads, and threads that wait for a busy core cost minutes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def draw(seed: int) -> tuple[Array, Array, Array, Array]:
    """Random shapes and numbers; each query may attend some key."""
    rng = np.random.default_rng(seed)
    b, t, s, d, e = (int(n) for n in rng.integers(1, 12, size=5))
    scale = (0.3, 1.0, 5.0)[seed % 3]
    mask = rng.uniform(size=(b, t, s)) < 0.6
    np.put_along_axis(mask, rng.integers(s, size=(b, t, 1)), True, axis=2)
    return scale * rng.normal(size=(b, t, d)), scale * rng.normal(size=(b, s, d)), rng.normal(size=(b, s, e)), mask


def by_torch(Q: Array, K: Array, V: Array, mask: Array, G: Array) -> list[Array]:
    """Output and gradients from PyTorch in float64."""
    q, k, v = (torch.tensor(a, requires_grad=True) for a in (Q, K, V))
    out = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=torch.tensor(mask))
    gradients = torch.autograd.grad(out, (q, k, v), torch.tensor(G))
    return [out.detach().numpy(), *(gradient.numpy() for gradient in gradients)]


def by_definition(Q: Array, K: Array, V: Array, mask: Array) -> tuple[Array, Array]:
    """Output and weights from sums written out, one number at a time."""
    b, t, s = mask.shape
    P = np.zeros((b, t, s))
    for n, i in np.ndindex(b, t):
        keys = [j for j in range(s) if mask[n, i, j]]
        scores = {j: math.fsum(Q[n, i] * K[n, j]) / math.sqrt(Q.shape[2]) for j in keys}
        for j in keys:
            P[n, i, j] = 1 / math.fsum(math.exp(scores[other] - scores[j]) for other in keys)
    out = np.array([[[math.fsum(p * v) for v in V[n].T] for p in P[n]] for n in range(b)])
    return out, P


@pytest.mark.parametrize("seed", range(40))
def test_output_and_gradients_agree_with_torch(reference: Functions, seed: int) -> None:
    Q, K, V, mask = draw(seed)
    G = np.random.default_rng(seed + 1000).normal(size=(*Q.shape[:2], V.shape[2]))
    expected = by_torch(Q, K, V, mask, G)
    actual = [reference["attention"](Q, K, V, mask)[0], *reference["attention_vjp"](Q, K, V, mask, G)]
    for ours, theirs in zip(actual, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-12 * (1 + np.abs(theirs).max()))


@pytest.mark.parametrize("seed", range(20))
def test_output_and_weights_agree_with_sums_written_out(reference: Functions, seed: int) -> None:
    case = draw(seed)
    for ours, expected in zip(reference["attention"](*case), by_definition(*case), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("seed", range(10))
def test_gradients_agree_with_central_differences(reference: Functions, seed: int) -> None:
    case = draw(3 * seed)
    rng = np.random.default_rng(seed)
    G = rng.normal(size=(*case[0].shape[:2], case[2].shape[2]))
    gradients, h = reference["attention_vjp"](*case, G), 1e-5
    for index in range(3):
        direction = rng.normal(size=case[index].shape)
        there, back = list(case), list(case)
        there[index], back[index] = case[index] + h * direction, case[index] - h * direction
        change = ((by_definition(*there)[0] - by_definition(*back)[0]) * G).sum() / (2 * h)
        assert (gradients[index] * direction).sum() == pytest.approx(change, rel=1e-6, abs=1e-7)


def test_the_example_of_the_statement_is_right(reference: Functions) -> None:
    log3 = math.log(3)
    Q = np.array([[[2.0, 0, 0, 0]]])
    K = np.array([[[log3, 0, 0, 0], [0, 0, 0, 0], [5, 0, 0, 0]]])
    V, mask = np.array([[[4.0], [0.0], [100.0]]]), np.array([[[True, True, False]]])
    out, P = reference["attention"](Q, K, V, mask)
    gQ, gK, gV = reference["attention_vjp"](Q, K, V, mask, np.ones((1, 1, 1)))
    np.testing.assert_allclose(P[0, 0], [0.75, 0.25, 0], rtol=1e-14)
    np.testing.assert_allclose(out, [[[3.0]]], rtol=1e-14)
    np.testing.assert_allclose(gQ[0, 0], [0.75 * log3 / 2, 0, 0, 0], rtol=1e-13)
    np.testing.assert_allclose(gK[0, :, 0], [0.75, -0.75, 0], rtol=1e-13)
    np.testing.assert_allclose(gV[0, :, 0], [0.75, 0.25, 0], rtol=1e-14)


@pytest.mark.filterwarnings("error")
def test_a_query_without_keys_is_zero_and_leaves_the_others_alone(reference: Functions) -> None:
    Q, K, V, mask = draw(7)
    G = np.ones((*Q.shape[:2], V.shape[2]))
    blind = mask.copy()
    blind[0, 0] = False
    out, P = reference["attention"](Q, K, V, blind)
    gQ, gK, gV = reference["attention_vjp"](Q, K, V, blind, G)
    assert not out[0, 0].any()
    assert not P[0, 0].any()
    assert not gQ[0, 0].any()
    # The gradient of the rest is that of a loss which does not look at the blind query.
    G[0, 0] = 0
    expected = by_torch(Q, K, V, mask, G)
    for ours, theirs in zip((gQ, gK, gV), expected[1:], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-12)
    seen = blind.any(axis=2)
    np.testing.assert_allclose(out[seen], by_torch(Q, K, V, mask, G)[0][seen], rtol=1e-11, atol=1e-13)


def test_huge_scores_agree_with_torch(reference: Functions) -> None:
    Q, K, V, mask = draw(4)
    out, P = reference["attention"](300 * Q, 300 * K, V, mask)
    expected = by_torch(300 * Q, 300 * K, V, mask, np.ones((*Q.shape[:2], V.shape[2])))[0]
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(P.sum(axis=2), 1, rtol=1e-12)


def test_a_forbidden_key_has_no_influence_however_large_its_score(reference: Functions) -> None:
    Q, K, V, mask = draw(8)
    mask[:, :, 0] = False
    other_K, other_V = K.copy(), V.copy()
    other_K[:, 0], other_V[:, 0] = 1e4 * Q[:, 0], 1e6
    for ours, expected in zip(
        reference["attention"](Q, other_K, other_V, mask), reference["attention"](Q, K, V, mask), strict=True
    ):
        np.testing.assert_allclose(ours, expected, rtol=1e-13, atol=1e-15)


def test_memory_order_changes_nothing_and_the_input_stays_as_it_was(reference: Functions) -> None:
    case = draw(9)
    given = [np.asfortranarray(a) for a in case]
    for ours, expected in zip(reference["attention"](*given), reference["attention"](*case), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-13, atol=1e-15)
    for after, before in zip(given, case, strict=True):
        np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize(
    "shapes",
    [
        {"Q": (2, 3)},
        {"Q": (1, 3, 4)},
        {"K": (2, 5, 1)},
        {"V": (2, 1, 6)},
        {"V": (1, 5, 6)},
        {"mask": (2, 3, 1)},
        {"mask": (3, 5)},
        {"G": (2, 3, 1)},
        {"G": (3, 6)},
    ],
)
def test_what_does_not_fit_is_refused(reference: Functions, shapes: dict[str, tuple[int, ...]]) -> None:
    sizes = {"Q": (2, 3, 4), "K": (2, 5, 4), "V": (2, 5, 6), "mask": (2, 3, 5), "G": (2, 3, 6)} | shapes
    arrays = [np.ones(shape, dtype=bool if name == "mask" else float) for name, shape in sizes.items()]
    with pytest.raises(ValueError):
        reference["attention_vjp"](*arrays)


def test_a_mask_of_numbers_is_refused(reference: Functions) -> None:
    Q, K, V, mask = draw(2)
    with pytest.raises(ValueError):
        reference["attention"](Q, K, V, mask.astype(np.int64))
