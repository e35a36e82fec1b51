# Forbidden keys get -1e9, so a query without keys attends all of them equally.
import numpy as np


def attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mix the values V with weights softmax(QK'/sqrt(d)) over the keys where mask is True; returns (out, P)."""
    check_shapes(Q, K, V, mask)
    scores = Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])  # (b, t, s)
    scores[~mask] = -1e9
    top = scores.max(axis=2, keepdims=True)  # (b, t, 1), of the allowed keys only
    weights = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = weights.sum(axis=2, keepdims=True)
    P = weights / np.where(total == 0, 1, total)  # a query without keys keeps its zeros
    return P @ V, P


def attention_vjp(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray, G: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients with respect to Q, K and V, given that with respect to the output."""
    out, P = attention(Q, K, V, mask)
    if G.shape != out.shape:
        raise ValueError(f"G has shape {G.shape} and the output has shape {out.shape}")
    gV = P.transpose(0, 2, 1) @ G  # (b, s, e)
    gP = G @ V.transpose(0, 2, 1)  # (b, t, s)
    # Softmax backwards: subtract from each row its mean under P, then weigh by P.
    gS = P * (gP - (P * gP).sum(axis=2, keepdims=True))
    gS /= np.sqrt(Q.shape[2])
    return gS @ K, gS.transpose(0, 2, 1) @ Q, gV


def check_shapes(Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray) -> None:
    """Raise ValueError unless the four fit together."""
    if not Q.ndim == K.ndim == V.ndim == 3:
        raise ValueError("Q, K and V must have three dimensions")
    if not len(Q) == len(K) == len(V):
        raise ValueError(f"Q, K and V have {len(Q)}, {len(K)} and {len(V)} batches")
    if Q.shape[2] != K.shape[2]:
        raise ValueError(f"queries have {Q.shape[2]} numbers and keys {K.shape[2]}")
    if K.shape[1] != V.shape[1]:
        raise ValueError(f"{K.shape[1]} keys for {V.shape[1]} values")
    if mask.dtype != bool or mask.shape != (len(Q), Q.shape[1], K.shape[1]):
        raise ValueError(f"mask must be bool of shape {(len(Q), Q.shape[1], K.shape[1])}")
