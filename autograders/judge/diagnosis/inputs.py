"""Differences that an argument of the solution explains: it came back, or a term with it is missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograders.judge.diagnosis.pair import Array, Pair, as_numbers, usual

Fields = dict[str, str]


def _numbers(pair: Pair) -> Iterator[tuple[int, Array]]:
    """The arguments that can be broadcast to the answer's shape, with their places from 1."""
    for which, given in enumerate(pair.inputs, 1):
        if given.dtype.kind not in "iuf" or given.size < 2 or given.size > pair.e.size or pair.e.dtype.kind == "c":
            continue
        try:
            yield which, np.broadcast_to(as_numbers(given), pair.e.shape)
        except ValueError:
            continue


def returned(pair: Pair) -> Fields | None:
    """An argument has come back as it was."""
    return next(({"which": str(which)} for which, given in _numbers(pair) if pair.fits(given)), None)


def opposite_step(pair: Pair) -> Fields | None:
    """The answer and what was expected lie on opposite sides of an argument."""
    found = (which for which, given in _numbers(pair) if pair.fits(2 * given - pair.e, cost=1.0))
    return next(({"which": str(which)} for which in found), None)


def multiple(pair: Pair) -> Fields | None:
    """The answer differs by a multiple of an argument, which no other argument gives."""
    difference = pair.thin_a - pair.thin_e
    if pair.a.dtype.kind == "c" or not np.all(np.isfinite(difference)):
        return None
    for which, given in _numbers(pair):
        thin = np.asarray(given.flat[pair.at])
        if not np.all(np.isfinite(thin)) or len(np.unique(np.round(thin / max(usual(thin), 1e-300), 9))) < 3:
            continue
        factor = float(difference @ thin / (thin @ thin))
        if factor and pair.fits(pair.e + factor * given, free=1):
            return {"which": str(which), "factor": f"{'plus' if factor > 0 else 'minus'} {abs(factor):.6g}"}
    return None
