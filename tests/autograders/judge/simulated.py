"""Tracks that run nothing: costs are drawn, so that a thousand verdicts take a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograders.judge import growth, race
from autograders.judge.track import Pair, Repeats, Wire

Cost = Callable[[Any], tuple[float, float]]


class SimulatedTrack:
    """Gives for each run what `cost` says of the drawn arguments: CPU seconds of solution and reference."""

    cost: Cost
    opened = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        type(self).opened += 1
        self.wire = Wire()
        self.used = 0.0

    def __enter__(self) -> SimulatedTrack:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def run(self, draw: Callable[[], Any], repeats: Repeats = Repeats()) -> Pair:  # noqa: B008 - it is frozen
        solution, reference = type(self).cost(draw())
        self.used += solution * repeats.solution
        return Pair(solution, reference, repeats.solution, repeats.reference)

    def repeats(self, pair: Pair, least_s: float, bar: float = 0.0) -> Repeats:
        return Repeats()

    def clocks(self) -> tuple[float, float]:
        return self.used, 0.0


def simulate(monkeypatch: Any, cost: Cost) -> type[SimulatedTrack]:
    """Let races and growth draw their costs."""

    class Track(SimulatedTrack):
        pass

    Track.cost = staticmethod(cost)
    for module in (race, growth):
        monkeypatch.setattr(module, "Track", Track)
        monkeypatch.setattr(module, "calibrated", lambda *_: Wire())
    return Track


def noisy(rng: np.random.Generator, scatter: float) -> float:
    """A factor of noise about 1."""
    return float(np.exp(rng.normal(0.0, scatter)))
