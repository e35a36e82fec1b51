"""Index notation throughout, planned by einsum; forbidden keys by a large negative number, blind queries by any()."""

from functools import partial

import numpy as np

einsum = partial(np.einsum, optimize=True)


def attention(Q, K, V, mask):
    """out[b, t, e] = P[b, t, s] V[b, s, e]."""
    (b, t, d), (c, s, f), (g, u, _) = Q.shape, K.shape, V.shape
    if (b, d, b, s) != (c, f, g, u):
        raise ValueError("Q, K and V do not fit")
    if mask.shape != (b, t, s) or mask.dtype != bool:
        raise ValueError("mask does not fit")
    scores = einsum("btd,bsd->bts", Q, K) * d**-0.5
    scores = np.where(mask, scores, -1e30)
    scores = scores - np.max(scores, axis=2)[:, :, None]
    P = np.exp(scores) * np.any(mask, axis=2)[:, :, None]
    P = P / np.maximum(P.sum(axis=2), 1e-300)[:, :, None]
    return einsum("bts,bse->bte", P, V), P


def attention_vjp(Q, K, V, mask, G):
    """The chain rule in index notation."""
    _, P = attention(Q, K, V, mask)
    if G.shape != (*Q.shape[:2], V.shape[2]):
        raise ValueError("G does not fit")
    gP = einsum("bte,bse->bts", G, V)
    PgP = P * gP
    gS = (PgP - P * PgP.sum(axis=2, keepdims=True)) * Q.shape[2] ** -0.5
    return einsum("bts,bsd->btd", gS, K), einsum("bts,btd->bsd", gS, Q), einsum("bts,bte->bse", P, G)
