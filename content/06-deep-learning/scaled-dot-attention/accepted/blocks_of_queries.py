"""Blocks of queries with the most negative finite number for forbidden keys, multiplied by the mask afterwards."""

import numpy as np

BLOCK = 64


def attention(Q, K, V, mask):
    """Handle some queries of all batches at a time."""
    if {a.ndim for a in (Q, K, V, mask)} != {3} or mask.dtype != np.bool_:
        raise ValueError("three-dimensional arrays and a boolean mask are needed")
    if Q.shape[2] != K.shape[2] or K.shape[:2] != V.shape[:2] or mask.shape != (*Q.shape[:2], K.shape[1]):
        raise ValueError("the shapes do not fit together")
    if Q.shape[0] != K.shape[0]:
        raise ValueError("the numbers of batches differ")
    scale = 1 / np.sqrt(Q.shape[-1])
    out, P = np.empty((*Q.shape[:2], V.shape[2])), np.empty(mask.shape)
    for start in range(0, Q.shape[1], BLOCK):
        part = slice(start, start + BLOCK)
        scores = np.matmul(Q[:, part], np.swapaxes(K, 1, 2))
        scores *= scale
        np.copyto(scores, np.finfo(float).min / 4, where=~mask[:, part])
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores *= mask[:, part]
        total = scores.sum(axis=-1, keepdims=True)
        np.divide(scores, total, out=scores, where=total > 0)
        P[:, part] = scores
        out[:, part] = np.matmul(scores, V)
    return out, P


def attention_vjp(Q, K, V, mask, G):
    """Sum the gradients of keys and values over blocks of queries."""
    out, P = attention(Q, K, V, mask)
    if out.shape != G.shape:
        raise ValueError("G must be shaped like the output")
    root = np.sqrt(Q.shape[-1])
    gQ, gK, gV = np.empty(Q.shape), np.zeros(K.shape), np.zeros(V.shape)
    mean = (out * G).sum(axis=-1, keepdims=True)
    for start in range(0, Q.shape[1], BLOCK):
        part = slice(start, start + BLOCK)
        gS = np.matmul(G[:, part], np.swapaxes(V, 1, 2))
        gS -= mean[:, part]
        gS *= P[:, part]
        gS /= root
        gQ[:, part] = np.matmul(gS, K)
        gK += np.matmul(np.swapaxes(gS, 1, 2), Q[:, part])
        gV += np.matmul(np.swapaxes(P[:, part], 1, 2), G[:, part])
    return gQ, gK, gV
