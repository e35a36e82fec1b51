"""The data of a `holdout`: what is hidden, and which of its rows serve what."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograders.judge.callbacks import GraderError
from autograders.judge.metrics import Array
from autograders.judge.predictions import Target
from autograders.ladder import round_step
from autograders.wire import WireError, encode

LEAST_ROWS = 20  # in each part: fewer say next to nothing
LEAST_OF_A_CLASS = 2
SANITY_SHARE = 0.2  # of the hidden rows, for labels in random order alone
PUBLIC, PRIVATE, APART = 0, 1, 2


@dataclass(frozen=True)
class Data:
    """Training and hidden rows with their values, as the author gave them."""

    train: Any
    values: Array
    rows: Any
    truth: Array
    groups: Array | None

    def digest(self, *about: Any) -> str:
        """A digest of the hidden data, and of what else makes scores comparable."""
        try:
            body = encode([self.rows, self.truth, self.groups, *about]).to_bytes()
        except WireError as error:
            raise GraderError(f"holdout: the hidden rows cannot be passed to a solution: {error}") from None
        return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True)
class Parts:
    """Indices of the hidden rows by what they serve: the verdict, staff alone, or sanity runs alone.

    How often a model is trained on labels in random order depends on the labels it is measured on, and
    its code can count that. So those rows are apart: what leaks of them helps with no score.
    """

    public: Array
    private: Array
    apart: Array


def data_of(train: Any, test: Any, groups: Any) -> Data:
    """The author's data, checked; raises GraderError naming the argument at fault."""
    for name, pair in (("train", train), ("test", test)):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise GraderError(f"holdout: {name} must be a pair of rows and their values")
        if not isinstance(pair[0], np.ndarray | list) or len(pair[0]) != len(pair[1]):
            raise GraderError(f"holdout: {name} must hold an array or list of rows, and as many values")
    values, truth = np.asarray(train[1]), np.asarray(test[1])
    for name, known in (("train", values), ("test", truth)):
        if known.dtype.kind == "f" and not np.all(np.isfinite(known)):
            raise GraderError(f"holdout: values of {name} are not all finite")
    named = None if groups is None else np.asarray(groups)
    if named is not None and (named.shape != (len(truth),) or len(np.unique(named)) < 2):
        raise GraderError(f"holdout: groups must name a group for each of the {len(truth):,} hidden rows, two at least")
    return Data(train[0], values, test[0], truth, named)


def split(data: Data, target: Target, public: float, *, apart: bool) -> Parts:
    """Who serves what: the same for everybody, by classes or by whole groups; raises GraderError.

    `public` is the share that decides, `apart` whether some rows serve sanity runs alone.
    """
    rng = np.random.default_rng(int(data.digest("split")[:32], 16))
    truth, groups = data.truth, data.groups
    by_class = groups is None and target.classes is not None
    kinds = np.unique(truth, return_inverse=True)[1] if by_class else np.zeros(len(truth), int)
    names = np.arange(len(truth)) if groups is None else np.unique(groups, return_inverse=True)[1]
    part_of = np.full(len(truth), PRIVATE)
    for kind in np.unique(kinds):
        units = rng.permutation(np.unique(names[kinds == kind]))
        first = int(SANITY_SHARE * len(units) + 0.5) if apart else 0
        last = first + int(public * (len(units) - first) + 0.5)
        part_of[np.isin(names, units[:first])] = APART
        part_of[np.isin(names, units[first:last])] = PUBLIC
    parts = Parts(*(np.flatnonzero(part_of == part) for part in (PUBLIC, PRIVATE, APART)))
    for name, needed in (("public", True), ("private", public < 1), ("apart", apart)):
        if needed:
            _check_part(name, truth[getattr(parts, name)], len(truth), target)
    return parts


def _check_part(name: str, truth: Array, whole: int, target: Target) -> None:
    if len(truth) < LEAST_ROWS:
        raise GraderError(
            f"holdout: of {whole:,} hidden rows {len(truth):,} would be {name}; at least {LEAST_ROWS} are needed"
        )
    if not target.metric.stratified or target.classes is None:
        return
    if min(int((truth == label).sum()) for label in target.classes) < LEAST_OF_A_CLASS:
        raise GraderError(
            f"holdout: {target.metric.name} needs at least {LEAST_OF_A_CLASS} rows of each class in each part of the "
            "hidden rows"
        )


def usual_step(data: Data, target: Target, public: Array) -> float:
    """How far chance alone moves a score on the public rows, in a figure people can read; raises GraderError.

    It depends on the data and not on a submission.
    """
    assert target.metric.spread is not None
    units = len(public) if data.groups is None else len(np.unique(data.groups[public]))
    spread = target.metric.spread(target.truth(data.truth[public]))
    if not spread > 0:
        raise GraderError("holdout: all hidden values are equal, so nothing can be measured on them")
    return round_step(spread / math.sqrt(units))


def take(rows: Any, order: Array) -> Any:
    """Rows in that order, of an array or of a list."""
    return rows[order] if isinstance(rows, np.ndarray) else [rows[index] for index in order]
