"""`faults`: makes a dependency of a service slow, wrong or dead, and puts it back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograders.judge.callbacks import GraderError

MOST_SECONDS = 60.0


@dataclass(frozen=True)
class Effect:
    """What one call of a dependency meets: a delay in seconds, death, changes of what it returns."""

    seconds: float = 0.0
    dead: bool = False
    transforms: tuple[Callable[[Any], Any], ...] = ()


@dataclass(eq=False)
class Fault:
    """One thing that is wrong with a dependency from `__enter__` to `__exit__`; a phase of a load enters and leaves it.

    It meets a `share` of the calls, drawn afresh for each.
    """

    faults: Faults
    dependency: str
    effect: Effect
    share: float

    def __enter__(self) -> Fault:
        self.faults.active.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.faults.active.remove(self)


@dataclass
class Faults:
    """What the `faults` fixture gives: each method makes a fault of one dependency, for a `with` or for a phase."""

    rng: np.random.Generator
    active: list[Fault] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    known: frozenset[str] | None = None

    def slow(self, dependency: str, seconds: float, share: float = 1.0) -> Fault:
        """Its answers come so many seconds later."""
        if not 0 < seconds <= MOST_SECONDS:
            raise GraderError(f"faults.slow: seconds must lie between 0 and {MOST_SECONDS:.0f}, not {seconds}")
        return self._fault(dependency, Effect(seconds=seconds), share)

    def dead(self, dependency: str, share: float = 1.0) -> Fault:
        """Calls of it raise ConnectionError at once."""
        return self._fault(dependency, Effect(dead=True), share)

    def wrong(self, dependency: str, transform: Callable[[Any], Any], share: float = 1.0) -> Fault:
        """It answers `transform(value)` where `value` would be right."""
        if not callable(transform):
            raise GraderError("faults.wrong: transform must be a function of what the dependency returns")
        return self._fault(dependency, Effect(transforms=(transform,)), share)

    def effect_on(self, dependency: str) -> Effect:
        """What the faults of the moment do to one call."""
        met = [fault.effect for fault in self.active if fault.dependency == dependency and self._meets(fault)]
        return Effect(
            math.fsum(effect.seconds for effect in met),
            any(effect.dead for effect in met),
            tuple(transform for effect in met for transform in effect.transforms),
        )

    def expect(self, dependencies: Iterable[str]) -> None:
        """Raise GraderError where a fault names what a service does not have."""
        self.known = frozenset(dependencies)
        if unknown := sorted(self.named - self.known):
            known = ", ".join(sorted(self.known)) or "none"
            raise GraderError(f"faults: {unknown[0]!r} is no dependency of the service; it has {known}")

    def _fault(self, dependency: str, effect: Effect, share: float) -> Fault:
        if not 0 < share <= 1:
            raise GraderError(f"faults: share must lie above 0 and at most at 1, not {share}")
        self.named.add(dependency)
        if self.known is not None:
            self.expect(self.known)
        return Fault(self, dependency, effect, share)

    def _meets(self, fault: Fault) -> bool:
        return fault.share >= 1 or bool(self.rng.random() < fault.share)
