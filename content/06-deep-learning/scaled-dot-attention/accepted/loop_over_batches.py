"""Two-dimensional products in a loop over batches, queries scaled first, weights as exp(score - logsumexp)."""

import numpy as np


def weights_of(q, k, allowed):
    """The weights of one batch, shape (t, s)."""
    scores = np.where(allowed, (q / q.shape[1] ** 0.5).dot(k.T), -np.inf)
    seen = allowed.any(axis=1)
    P = np.zeros(scores.shape)
    top = scores[seen].max(axis=1)
    logs = top + np.log(np.exp(scores[seen] - top[:, None]).sum(axis=1))
    P[seen] = np.exp(scores[seen] - logs[:, None])
    return P


def validate(Q, K, V, mask):
    """Raise ValueError for anything that would broadcast or not multiply."""
    b, t, d = Q.shape
    if K.shape != (b, K.shape[1], d) or V.shape[:2] != K.shape[:2] or mask.shape != (b, t, K.shape[1]):
        raise ValueError("shapes do not fit")
    if mask.dtype.kind != "b":
        raise ValueError("mask is not boolean")


def attention(Q, K, V, mask):
    """Batch by batch."""
    validate(Q, K, V, mask)
    P = np.array([weights_of(*parts) for parts in zip(Q, K, mask, strict=True)])
    return np.array([p.dot(v) for p, v in zip(P, V, strict=True)]), P


def attention_vjp(Q, K, V, mask, G):
    """Batch by batch, with the identity sum_j P_j gP_j = G . out."""
    validate(Q, K, V, mask)
    if G.shape != (*Q.shape[:2], V.shape[2]):
        raise ValueError("G does not fit")
    gQ, gK, gV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for i in range(len(Q)):
        p = weights_of(Q[i], K[i], mask[i])
        out = p.dot(V[i])
        gS = p * (G[i].dot(V[i].T) - (G[i] * out).sum(axis=1)[:, None])
        gQ[i] = gS.dot(K[i]) / Q.shape[2] ** 0.5
        gK[i] = gS.T.dot(Q[i]) / Q.shape[2] ** 0.5
        gV[i] = p.T.dot(G[i])
    return gQ, gK, gV
