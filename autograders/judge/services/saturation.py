"""The highest rate that a service sustains: climbed to in steps, then narrowed down once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograders.judge.services.levels import Figures, Row, absolute
from autograders.judge.services.load import MOST_RATE, Plan, Script

if TYPE_CHECKING:
    from autograders.judge.services.running import Running

FACTOR = 1.4
STEP_SECONDS = 1.5
MOST_STEPS = 16
LEAST_THROUGHPUT, MOST_ERRORS, MOST_P99_MS = 0.95, 0.01, 1_000.0
ENOUGH = 1.1  # a climb ends where it is so far above what is asked for


@dataclass
class Climb:
    """The rates that were tried, which of them were sustained, and the highest of those; 0 where none was."""

    rates: list[float]
    sustained: list[bool]

    @property
    def highest(self) -> float:
        """The highest rate that was sustained."""
        return max((rate for rate, held in zip(self.rates, self.sustained, strict=True) if held), default=0.0)

    def as_dict(self) -> dict[str, Any]:
        """As the report carries it."""
        return {"rates": [round(rate, 2) for rate in self.rates], "sustained": self.sustained, "highest": self.highest}


def climb(running: Running, plan: Plan, wanted: float, rng: np.random.Generator) -> Climb:
    """Raise the rate from half of what is wanted until it is not sustained, or clearly more than is wanted."""
    found = Climb([], [])
    rate = min(plan.rate, wanted / 2)
    while len(found.rates) < MOST_STEPS and rate <= MOST_RATE:
        _step(running, plan, rate, found, rng)
        if not found.sustained[-1]:
            break
        if rate >= wanted * ENOUGH:
            return found
        rate = min(rate * FACTOR, max(wanted * ENOUGH, rate * 1.05))
    if found.highest and not found.sustained[-1]:
        _step(running, plan, math.sqrt(found.highest * found.rates[-1]), found, rng)
    return found


def _step(running: Running, plan: Plan, rate: float, found: Climb, rng: np.random.Generator) -> None:
    """Try one rate; what fails once may have met a busy moment, and is tried again."""
    step = replace(plan, rate=rate, seconds=STEP_SECONDS, timeout=min(plan.timeout, 2.0))
    held = any(_holds(running, step, rng) for _ in range(2))
    found.rates.append(rate)
    found.sustained.append(held)


def _holds(running: Running, step: Plan, rng: np.random.Generator) -> bool:
    script = Script.of(step, rng)
    sample = running.sample(step, script)
    figures = Figures.of([sample])
    took = max(sample.seconds, sample.offered_s)
    offered = len(script.requests) / max(sample.offered_s, STEP_SECONDS / 2)
    return (
        len(script.requests) / took >= LEAST_THROUGHPUT * offered * min(1.0, sample.offered_s / STEP_SECONDS)
        and figures.errors <= MOST_ERRORS
        and figures.p99_ms <= MOST_P99_MS
    )


def saturation_of(
    both: tuple[Running, Running], plan: Plan, wanted: float, rng: np.random.Generator
) -> tuple[Row, dict[str, Any]]:
    """The row of a bar on saturation. The reference climbs only where the solution falls short of it."""
    mine = climb(both[0], plan, wanted, rng)
    climbs = {"solution": mine.as_dict()}
    theirs = None
    if mine.highest < wanted:
        theirs = climb(both[1], plan, wanted, rng)
        climbs["reference"] = theirs.as_dict()
    beside = theirs.highest if theirs else None
    # Two neighbouring steps cannot be told apart better than the narrowing does.
    kindest = mine.highest * math.sqrt(math.sqrt(FACTOR))
    verdict = absolute("saturation", wanted, mine.highest, kindest, beside)
    return Row("saturation", wanted, mine.highest, beside, mine.highest, kindest, verdict), climbs
