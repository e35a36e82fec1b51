"""Derivatives by finite differences that say how far they may be off.

The step is the cube root of the rounding unit, in proportion to what is moved, where errors of
truncation and of rounding are about equal (Nocedal and Wright, Numerical Optimization, section 8.1).
Where a difference does not settle the question at once, one of twice the step and smaller steps are
taken too; how far they disagree says how well the derivative is known (Richardson's extrapolation),
and at the smallest step how noisy the function itself is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

EPS = float(np.finfo(np.float64).eps)
EPS_SINGLE = float(np.finfo(np.float32).eps)
SMALLER = (1.0, 1 / 8, 1 / 64)
ROUNDING = 8.0  # units of rounding that a value of the function may be off by


@dataclass(frozen=True)
class Slope:
    """A derivative by finite differences, and how far it may be off; both infinite at a kink."""

    value: float
    error: float


class Along:
    """The function along one direction of one parameter, each value asked for once."""

    def __init__(self, evaluate: Callable[[float], float], here: float, scale: float, eps: float = EPS) -> None:
        self.evaluate, self.here, self.scale, self.eps = evaluate, here, scale, eps
        self.known: dict[float, float] = {0.0: here}

    def at(self, t: float) -> float:
        """The function's value after a step of t."""
        if t not in self.known:
            self.known[t] = self.evaluate(t)
        return self.known[t]

    def central(self, h: float) -> float:
        """The central difference of step h."""
        return (self.at(h) - self.at(-h)) / (2 * h)

    def rounding(self, h: float) -> float:
        """How far a difference of step h may be off by rounding."""
        return ROUNDING * self.eps * max(abs(self.at(h)), abs(self.at(-h)), abs(self.here)) / h

    def slope(self, guess: float, tolerance: float) -> Slope:
        """The derivative; where the first difference is near the guess, no more is asked for."""
        if abs(self.central(self.scale) - guess) <= tolerance:
            return Slope(self.central(self.scale), self.rounding(self.scale))
        steps = [self.scale * part for part in SMALLER]
        found = [self._extrapolated(h) for h in steps]
        best, h = min(zip(found, steps, strict=True), key=lambda each: each[0].error)
        # At the smallest step what is left is noise, and noise counts for less in longer ones.
        noise = found[-1].error * steps[-1] / h
        return Slope(best.value, max(best.error, noise)) if math.isfinite(noise) else best

    def _extrapolated(self, h: float) -> Slope:
        near, far = self.central(h), self.central(2 * h)
        value = (4 * near - far) / 3
        error = abs(value - near) + self.rounding(h)
        if not math.isfinite(value) or self._has_kink(h, value):
            return Slope(math.inf, math.inf)
        return Slope(value, error)

    def _has_kink(self, h: float, slope: float) -> bool:
        """Whether the two one-sided differences disagree by as much at half the step: a curve's would by half."""
        jump, wider = ((self.at(s) - self.here) / s - (self.here - self.at(-s)) / s for s in (h, 2 * h))
        noise = 10 * self.rounding(h) + 1e-6 * abs(slope)
        return abs(jump) > noise and abs(wider) < 1.6 * abs(jump)


def step_for(size: float, eps: float) -> float:
    """The step for a value of this size: a power of two, so that what is added is what is divided by."""
    return float(2.0 ** round(math.log2(eps ** (1 / 3) * size)))


def is_single(values: list[float]) -> bool:
    """Whether values come from float32, which holds them exactly."""
    with np.errstate(over="ignore"):
        return all(float(np.float32(value)) == value for value in values)
