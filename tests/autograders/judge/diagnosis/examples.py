"""One example of every row of the table, and for each a near miss that must not be named so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograders.judge import Mismatch, assert_close, recent

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Example:
    """An answer, what was expected, and with what arguments the solution was called."""

    actual: Any
    expected: Any
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def mismatch(self) -> Mismatch:
        """The mismatch that a comparison raises; an AssertionError of its own where there is none."""
        recent.forget()
        if self.arguments:
            recent.note(self.arguments, {})
        try:
            assert_close(self.actual, self.expected, **self.options)
        except Mismatch as mismatch:
            return mismatch
        finally:
            recent.forget()
        raise ValueError("the two are near enough")

    def name(self) -> str:
        """What the difference is named; "" where it is not."""
        return str(self.mismatch().diagnosis.get("name", ""))


rng = np.random.default_rng(7)
V = rng.normal(size=12)
M = rng.normal(size=(6, 4))
S = rng.normal(size=(5, 5))
CUBE = rng.normal(size=(2, 3, 4))
P = rng.dirichlet(np.ones(4), size=6)
POSITIVE = rng.uniform(0.1, 3.0, size=12)
SHARES = rng.uniform(0.05, 0.95, size=12)
LABELS = np.array([0, 1, 2, 1, 0, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 1])
STEPS = np.concatenate([V[:5], V[5:] + 3])
STANDARD = (M - M.mean(0)) / M.std(0)
SAMPLE = (M - M.mean(0)) / M.std(0, ddof=1)
CENTRED = M - M.mean(0)
COMPLEX = V + 1j * V[::-1]
SECOND = M.T @ M / 6
TABLE_2D = rng.normal(2.0, 1.0, size=(20, 3))
B = rng.normal(size=4)
ROWS, COLUMNS = rng.normal(size=6), rng.normal(size=4)


def changed(values: Array, where: Any, by: float = 0.7) -> Array:
    """The same values, moved at some places."""
    other = values.copy()
    other[where] += by
    return other


def noise(values: Array, seed: int = 1) -> Array:
    """The same values with wrong ones among them, in no pattern."""
    return np.asarray(values * np.random.default_rng(seed).uniform(1.01, 1.7, size=values.shape))


def softmax(X: Array) -> Array:
    """Softmax of rows."""
    powers = np.exp(X)
    return np.asarray(powers / powers.sum(-1, keepdims=True))


EXAMPLES: dict[str, list[Example]] = {
    "transposed": [
        Example(S.T, S),
        Example(M.T, M),
        Example(np.moveaxis(CUBE, 0, 2), CUBE),
    ],
    "extra-axis": [Example(V[:, None], V), Example(M, M[None]), Example(np.array([1.5]), 1.5)],
    "wrong-axis": [
        Example(M.mean(1), M.mean(0), (M,)),
        Example(softmax(M.T).T, softmax(M)),
        Example(np.corrcoef(M), np.corrcoef(M.T), (M,)),
    ],
    "not-reduced": [Example(V**2, float(np.mean(V**2))), Example(M, M.sum(1)), Example(M, M.max(0)), Example(M, 0.77)],
    "reduced-too-far": [Example(float(V.sum()), V), Example(M.mean(0), M), Example(float(M.var()), M.var(0))],
    "broadcast": [Example(V[:, None] - V, V), Example(V[:, None] - V, V[:, None])],
    "reshaped": [Example(M.ravel(), M), Example(M.reshape(4, 6), M), Example(M.ravel(order="F"), M)],
    "wrong-length": [Example(V[1:], V), Example(V[:-1], V), Example(np.r_[0.0, V], V), Example(M[:5] + 1, M)],
    "dtype": [Example(LABELS.astype(float), LABELS), Example(LABELS == 1, (LABELS == 1).astype(int))],
    "nan": [Example(np.where(V > 0, V, np.nan), V), Example(np.full(12, np.nan), V)],
    "infinite": [Example(np.where(V > 1, np.inf, V), V)],
    "nan-expected": [Example(np.maximum(V, 0), np.where(V > 0, V, np.nan), (), {"equal_nan": True})],
    "zeros": [Example(np.zeros(12), V), Example(np.zeros((6, 4)), M)],
    "sign": [Example(-V, V), Example(-0.731, 0.731), Example(-M, M)],
    "conjugate": [Example(COMPLEX.conj(), COMPLEX)],
    "real-part": [Example(COMPLEX.real, COMPLEX), Example(np.abs(COMPLEX), COMPLEX)],
    "sample-deviation": [
        Example(V * 20 / 19, V, (np.zeros((20, 12)),)),
        Example(float(V.var(ddof=1)), float(V.var()), (V,)),
        Example(float(V.std(ddof=1)), float(V.std()), (V,)),
        Example(float(V.var(ddof=1)), float(V.var())),
        Example(SAMPLE, STANDARD),
        Example(32 / 7, 4.0, (np.zeros(8),)),
    ],
    "population-deviation": [
        Example(V * 29 / 30, V, (np.zeros(30),)),
        Example(float(V.std()), float(V.std(ddof=1)), (V,)),
        Example(STANDARD, SAMPLE),
    ],
    "missing-mean": [
        Example(V * 37, V, (np.zeros((37, 2)),)),
        Example(float((V**2).sum()), float((V**2).mean()), (V,)),
        Example(V * 5, V, (), {"sizes": (5,)}),
        Example(-V * 37, V, (np.zeros((37, 2)),)),
        Example(50.0, 2.5, (np.zeros(20),)),
    ],
    "divided-by-size": [Example(V / 37, V, (np.zeros((37, 2)),)), Example(V / 74, V, (np.zeros((37, 2)),))],
    "factor-two": [Example(2 * V, V), Example(V / 2, V), Example(M / 2, M, (M,))],
    "root-two": [Example(np.sqrt(2) * V, V)],
    "log-base": [Example(V / np.log(2), V), Example(V / np.log(10), V), Example(0.7 / np.log(2), 0.7)],
    "degrees": [Example(np.degrees(V), V), Example(np.radians(V), V)],
    "factor-pi": [Example(np.pi * V, V), Example(V / np.sqrt(2 * np.pi), V)],
    "power-of-ten": [Example(100 * SHARES, SHARES), Example(80.0, 0.8), Example(1e-3 * V, V)],
    "root-of-size": [Example(4 * V, V, (np.zeros((16, 3)),)), Example(np.sqrt(37) * V, V, (np.zeros(37),))],
    "count-off-by-one": [Example(V * 38 / 37, V, (np.zeros(37),))],
    "degrees-of-freedom": [Example(V * 37 / 35, V, (np.zeros(37),)), Example(V * 40 / 33, V, (np.zeros((40, 7)),))],
    "other-size": [Example(V * 37 / 13, V, (np.zeros((37, 13)),))],
    "off-by-one": [Example(LABELS + 1, LABELS), Example(V - 1, V)],
    "missing-constant": [
        Example(V + np.log(37), V, (np.zeros((12, 37)),)),
        Example(V - 0.5 * np.log(2 * np.pi), V),
    ],
    "absolute": [Example(np.abs(V), V)],
    "not-absolute": [Example(V, np.abs(V))],
    "square-root-forgotten": [
        Example(POSITIVE**2, POSITIVE),
        Example(0.37**2, 0.37),
        Example(2.9 * POSITIVE**2, POSITIVE),
    ],
    "square-forgotten": [Example(np.sqrt(POSITIVE), POSITIVE), Example(4.36 * np.sqrt(POSITIVE), POSITIVE)],
    "complement": [Example(1 - SHARES, SHARES), Example(1 - 0.8125, 0.8125), Example(0.25, 0.75)],
    "reciprocal": [Example(1 / V, V), Example(2.9 / POSITIVE, POSITIVE)],
    "label-coding": [Example(2 * (LABELS > 0) - 1, (LABELS > 0).astype(int)), Example(2 * SHARES - 1, SHARES)],
    "logarithm-taken": [Example(np.log(POSITIVE), POSITIVE), Example(-np.log(SHARES), SHARES)],
    "logarithm-forgotten": [Example(np.exp(V), V), Example(np.exp(1.7), 1.7)],
    "sigmoid-forgotten": [Example(np.log(SHARES / (1 - SHARES)), SHARES)],
    "sigmoid-twice": [Example(1 / (1 + np.exp(-SHARES)), SHARES)],
    "activation-forgotten": [Example(np.arctanh(SHARES), SHARES), Example(np.tanh(V), V)],
    "odds": [Example(SHARES / (1 - SHARES), SHARES)],
    "inverse-root": [Example(1 / np.sqrt(POSITIVE), POSITIVE), Example(V**3, V)],
    "reversed": [
        Example(V[::-1], V),
        Example(M[:, ::-1], M),
        Example(np.array([3, 4, 9, 2]), np.array([2, 9, 4, 3])),
        Example(M[:, ::-1] * np.array([1, -1, -1, 1]), M),
    ],
    "shifted": [Example(np.roll(V, 1), V), Example(np.r_[V[1:], 0.0], V), Example(np.roll(M, 2, axis=0), M)],
    "relabelled": [Example(np.array([2, 0, 1])[LABELS], LABELS), Example(np.array([3, 0, 4])[LABELS], LABELS)],
    "inverse-permutation": [Example(V.argsort(), V.argsort().argsort())],
    "sorted": [Example(np.sort(V), V), Example(np.sort(V)[::-1], V)],
    "not-sorted": [Example(V, np.sort(V))],
    "rows-permuted": [Example(M[[3, 1, 0, 5, 4, 2]], M)],
    "columns-permuted": [Example(M[:, [2, 0, 1, 3]], M)],
    "values-permuted": [Example(M.reshape(4, 6).T, M), Example(V[[3, 1, 0, 5, 4, 2, 6, 7, 11, 9, 8, 10]], V)],
    "cumulative": [Example(np.cumsum(V), V), Example(np.cumsum(M, axis=1), M)],
    "not-cumulative": [Example(V, np.cumsum(V))],
    "inverse": [Example(np.linalg.inv(S), S)],
    "lower-precision": [
        Example(V.astype(np.float32), V, (), {"rtol": 1e-9}),
        Example(np.float32(V).astype(float), V, (), {"rtol": 1e-9})],
    "truncated": [Example(np.trunc(5 * V), 5 * V), Example(np.floor(5 * V).astype(int), 5 * V)],
    "rounded": [Example(np.round(V, 2), V), Example(np.round(5 * V), 5 * V)],
    "clipped": [Example(np.clip(V, -0.5, 0.5), V), Example(np.maximum(M, 0), M)],
    "not-clipped": [Example(M, np.maximum(M, 0)), Example(V, np.clip(V, -0.5, 0.5))],
    "one-triangle": [Example(np.triu(S + S.T), S + S.T), Example(np.tril(S + S.T, -1), S + S.T)],
    "not-masked": [
        Example(S, np.tril(S)),
        Example(softmax(S), np.tril(softmax(S)) / np.tril(softmax(S)).sum(1, keepdims=True)),
    ],
    "other-norm": [
        Example(POSITIVE / POSITIVE.max(), POSITIVE / POSITIVE.sum()),
        Example(P, P / np.linalg.norm(P, axis=1, keepdims=True)),
    ],
    "not-normalised": [Example(np.exp(M), softmax(M)), Example(POSITIVE, POSITIVE / POSITIVE.sum())],
    "softmax-forgotten": [Example(M, softmax(M)), Example(M + ROWS[:, None], softmax(M))],
    "softmax-twice": [Example(softmax(P), P)],
    "temperature": [
        Example(softmax(4 * M), softmax(M), (np.zeros((6, 16)), np.zeros((4, 16)))),
        Example(softmax(M / 3), softmax(M)),
    ],
    "not-scaled": [Example(CENTRED, STANDARD)],
    "not-centred": [Example(M, CENTRED), Example(M / M.std(0), STANDARD)],
    "not-standardised": [Example(M * 3 + 2, STANDARD)],
    "input-returned": [Example(M, noise(M), (M,))],
    "opposite-step": [Example(M + noise(M), M - noise(M), (M,))],
    "multiple-of-input": [
        Example(M + 0.1 * STANDARD, M, (STANDARD,)),
        Example(M - COLUMNS, M, (M @ S[:4, :4], COLUMNS)),
    ],
    "constant": [Example(np.full(12, 0.25), V)],
    "some-signs": [Example(M * np.array([1, -1, 1, -1]), M)],
    "few-digits": [Example(V * (1 + 1e-5 * np.sin(V)), V), Example(V * (1 + 3e-4 * np.cos(V)), V)],
    "factor": [Example(1.37 * V, V), Example(0.8 * V, V, (np.zeros((10, 3)),)), Example(-2.9 * M, M)],
    "offset": [Example(V + 0.37, V)],
    "affine": [Example(1.3 * V + 0.2, V)],
    "sum-per-group": [Example(M * np.array([3, 7, 2, 5, 9, 4])[:, None], M)],
    "factor-per-slice": [Example(M * ROWS[:, None], M), Example(M * COLUMNS, M)],
    "offset-per-slice": [Example(M + ROWS[:, None], M), Example(M + COLUMNS, M)],
    "moment-not-centred": [Example(SECOND + np.outer(B, B), SECOND)],
    "offset-of-rows-and-columns": [Example(M + ROWS[:, None] + COLUMNS, M)],
    "factor-of-rows-and-columns": [Example(M * np.outer(ROWS, COLUMNS), M)],
    "affine-per-slice": [Example(TABLE_2D * np.array([1.3, 0.6, 2.2]) + np.array([0.5, -1.0, 0.1]), TABLE_2D)],
    "outer-product": [Example(M + np.outer(ROWS, COLUMNS), M)],
    "one-value": [Example(changed(V, 5), V), Example(changed(M, (2, 3)), M)],
    "diagonal": [Example(S + 0.4 * np.eye(5), S), Example(noise(S) * np.eye(5) + S * (1 - np.eye(5)), S)],
    "one-side": [Example(np.where(np.tri(5, k=-1, dtype=bool), noise(S), S), S)],
    "ends": [Example(changed(V, [0, -1]), V), Example(np.concatenate([noise(M[:1]), M[1:]]), M)],
    "one-slice": [Example(np.concatenate([M[:2], noise(M[2:3]), M[3:]]), M)],
    "from-here-on": [Example(np.concatenate([V[:5], noise(V[5:])]), V)],
    "items-exchanged": [
        Example((V[1:], V[:-1]), (V[:-1], V[1:])),
        Example((0.71, 0.43), (0.43, 0.71)),
        Example({"W": M, "b": S}, {"W": S, "b": M}),
    ],
}  # fmt: skip

# Like the example, but not it: another name, or none, is right.
NEAR_MISSES: dict[str, Example] = {
    "transposed": Example(changed(S.T, (1, 2)), S),
    "extra-axis": Example(V[:, None] * np.ones(2), V),
    "wrong-axis": Example(M.mean(1), M.mean(0), (np.zeros((7, 4)),)),
    "not-reduced": Example(noise(M), M.sum(1)),
    "reduced-too-far": Example(noise(M.mean(0)), M),
    "broadcast": Example(np.zeros((12, 11)), V),
    "reshaped": Example(changed(M.ravel(), 3), M),
    "wrong-length": Example(V[:8], V),
    "dtype": Example(changed(LABELS.astype(float), 3), LABELS),
    "nan": Example(np.where(V > 1, np.inf, V), V),
    "infinite": Example(np.where(V > 1, 1e300, V), V),
    "nan-expected": Example(np.where(V > 0, V, np.nan), np.where(V > 0, V, 0.0)),
    "zeros": Example(np.r_[np.zeros(11), 1.0], V),
    "sign": Example(changed(-V, 3), V),
    "conjugate": Example(changed(COMPLEX.conj(), 2), COMPLEX),
    "real-part": Example(changed(COMPLEX.real, 2), COMPLEX),
    "sample-deviation": Example(V * 20.1 / 19, V, (np.zeros((20, 12)),)),
    "population-deviation": Example(V * 0.97, V, (np.zeros(30),)),
    "missing-mean": Example(V * 37.01, V, (np.zeros((37, 2)),)),
    "divided-by-size": Example(V / 37.01, V, (np.zeros((37, 2)),)),
    "factor-two": Example(2.001 * V, V),
    "root-two": Example(1.4142 * V, V),
    "log-base": Example(1.4427 * V, V),
    "degrees": Example(57.3 * V, V),
    "factor-pi": Example(3.1416 * V, V),
    "power-of-ten": Example(100.1 * SHARES, SHARES),
    "root-of-size": Example(4.001 * V, V, (np.zeros((16, 3)),)),
    "count-off-by-one": Example(V * 1.027, V, (np.zeros(37),)),
    "degrees-of-freedom": Example(V * 0.8, V, (np.zeros((10, 3)),)),
    "other-size": Example(V * 2.846, V, (np.zeros((37, 13)),)),
    "off-by-one": Example(changed(LABELS + 1, 3, 1), LABELS),
    "missing-constant": Example(V + 3.6, V, (np.zeros((12, 37)),)),
    "absolute": Example(changed(np.abs(V), 3), V),
    "not-absolute": Example(changed(V, 3), np.abs(V)),
    "square-root-forgotten": Example(4.0, 2.0),
    "square-forgotten": Example(0.5, 0.25),
    "complement": Example(0, 1),
    "reciprocal": Example(0.5, 2.0),
    "label-coding": Example(1, 0),
    "logarithm-taken": Example(np.log(POSITIVE) * 1.2, POSITIVE),
    "logarithm-forgotten": Example(np.exp(V) * 1.2, V),
    "sigmoid-forgotten": Example(changed(np.log(SHARES / (1 - SHARES)), 2), SHARES),
    "sigmoid-twice": Example(1 / (1 + np.exp(-2 * SHARES)), SHARES),
    "activation-forgotten": Example(np.arctanh(SHARES) * 1.1, SHARES),
    "odds": Example(SHARES / (1.1 - SHARES), SHARES),
    "inverse-root": Example(1 / np.sqrt(POSITIVE + 0.1), POSITIVE),
    "reversed": Example(np.array([1.0, 2.0, 1.0, 3.0]), np.array([1.0, 2.0, 1.0, 4.0])),
    "shifted": Example(np.ones(8), np.r_[0.0, np.ones(7)]),
    "relabelled": Example(np.where(LABELS == 2, 1, LABELS), LABELS),
    "inverse-permutation": Example(np.roll(V.argsort(), 1), V.argsort().argsort()),
    "sorted": Example(np.sort(noise(V)), V),
    "not-sorted": Example(noise(V), np.sort(V)),
    "rows-permuted": Example(noise(M[[3, 1, 0, 5, 4, 2]]), M),
    "columns-permuted": Example(noise(M[:, [2, 0, 1, 3]]), M),
    "values-permuted": Example(rng.permutation(LABELS), LABELS),
    "cumulative": Example(np.cumsum(V) + np.arange(12), V),
    "not-cumulative": Example(noise(V), np.cumsum(V)),
    "inverse": Example(changed(np.linalg.inv(S), (1, 1)), S),
    "lower-precision": Example(noise(V).astype(np.float32), V),
    "truncated": Example(np.trunc(5 * noise(V)), 5 * V),
    "rounded": Example(np.round(noise(V), 2), V),
    "clipped": Example(np.clip(noise(V), -0.5, 0.5), V),
    "not-clipped": Example(noise(M), np.maximum(M, 0)),
    "one-triangle": Example(np.triu(noise(S)), S),
    "not-masked": Example(noise(S), np.tril(S)),
    "other-norm": Example(noise(P) / noise(P).max(), P),
    "not-normalised": Example(noise(P), P),
    "softmax-forgotten": Example(noise(M), softmax(M)),
    "softmax-twice": Example(softmax(noise(P)), P),
    "temperature": Example(softmax(noise(M)), softmax(M)),
    "not-scaled": Example(noise(CENTRED), STANDARD),
    "not-centred": Example(noise(M), CENTRED),
    "not-standardised": Example(noise(M), STANDARD),
    "input-returned": Example(M, noise(M), (noise(M, 2),)),
    "opposite-step": Example(M + noise(M), M - noise(M, 2), (M,)),
    "multiple-of-input": Example(M + 0.1 * noise(STANDARD), M, (STANDARD,)),
    "constant": Example(np.full(12, 0.25), np.full(12, 0.75)),
    "some-signs": Example(M * np.array([1, -1, 1, -1.1]), M),
    "few-digits": Example(V * 1.003, V),
    "factor": Example(3.0, 2.0),
    "offset": Example(np.array([2.2, 3.3]), np.array([1.2, 2.4])),
    "affine": Example(np.array([1.0, 2.5, 7.0]), np.array([0.3, 0.6, 0.7])),
    "sum-per-group": Example(M * np.array([3, 7.5, 2, 5, 9, 4])[:, None], M),
    "factor-per-slice": Example(noise(M), M),
    "offset-per-slice": Example(M + ROWS[:, None] * np.array([1, 2, 1, 1]), M),
    "moment-not-centred": Example(SECOND - np.outer(B, B), SECOND),
    "offset-of-rows-and-columns": Example(changed(M + ROWS[:, None] + COLUMNS, (2, 2)), M),
    "factor-of-rows-and-columns": Example(changed(M * np.outer(ROWS, COLUMNS), (2, 2)), M),
    "affine-per-slice": Example(noise(TABLE_2D), TABLE_2D),
    "outer-product": Example(changed(M + np.outer(ROWS, COLUMNS), (2, 2)), M),
    "one-value": Example(changed(V, [5, 7]), V),
    "diagonal": Example(changed(S + 0.4 * np.eye(5), (1, 2)), S),
    "one-side": Example(noise(S), S),
    "ends": Example(changed(V, [0, 5]), V),
    "one-slice": Example(np.concatenate([noise(M[:2]), M[2:]]), M),
    "from-here-on": Example(changed(V, [4, 6, 9]), V),
    "items-exchanged": Example((1.0, 0.0), (0.0, 1.0)),
}  # fmt: skip
