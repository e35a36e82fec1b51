"""`service`: starts the solution's application or the reference's, and holds the one beside the other to a level."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograders.judge.callbacks import GraderError
from autograders.judge.channel import Channel
from autograders.judge.services import levels, telling
from autograders.judge.services.faults import Faults
from autograders.judge.services.http import Request
from autograders.judge.services.levels import Row
from autograders.judge.services.line import Engine
from autograders.judge.services.load import Check, Make, Plan, Sample, Script
from autograders.judge.services.loaded import LevelMissed, Load, example_of
from autograders.judge.services.reactor import Reactor
from autograders.judge.services.running import Running
from autograders.judge.services.saturation import saturation_of

MOST_CONNECTIONS = 256
SLICE_SECONDS = 2.0
WARM_UP_SECONDS, WARM_UP_RATE = 0.5, 50.0
NO_TABLE = "problem.toml has no [service]: it says which application is started and what it is held to"


@dataclass
class Service:
    """One check's way to run services. `settings` are those of `problem.toml`."""

    channel: Channel
    settings: dict[str, Any]
    faults: Faults
    rng: np.random.Generator
    record: dict[str, Any]
    hidden: bool
    reactor: Reactor = field(default_factory=Reactor)
    engine: Engine = field(init=False)
    running: dict[str, Running] = field(default_factory=dict)
    told: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = Engine(self.channel, self.reactor)

    def start(self, dependencies: Mapping[str, Any] | None = None, connections: int | None = None) -> Running:
        """The solution's application, for a `with`. `dependencies` are the objects its factory is given."""
        return self._make("solution", dependencies, connections)

    def reference(self, dependencies: Mapping[str, Any] | None = None, connections: int | None = None) -> Running:
        """The reference's application, for a `with`."""
        return self._make("reference", dependencies, connections)

    def meets_slo(
        self,
        requests: Make | Request,
        check: Check | None = None,
        dependencies: Mapping[str, Any] | None = None,
    ) -> None:
        """Hold the solution to every [[service.slo]] of problem.toml, beside the reference under the same load.

        The two are driven in turns of about 2 s, with the same arrivals and requests.
        """
        if not self.settings["slo"]:
            raise GraderError("service.meets_slo: problem.toml has no [[service.slo]]")
        make = (lambda _: requests) if isinstance(requests, Request) else requests
        missed: list[str] = []
        with ExitStack() as stack:
            both = (
                stack.enter_context(self.start(dependencies)),
                stack.enter_context(self.reference(dependencies)),
            )
            for level in self.settings["slo"]:
                plan = Plan(make, level["rate"], level["seconds"], check, level["arrivals"], level["timeout"])
                missed += self._hold(both, plan, level["bars"])
        if missed:
            raise LevelMissed("\n".join(missed))

    def tell(self, load: Load, rows: list[Row]) -> None:
        """Put a load and its rows into the report of the check."""
        theirs = [load.theirs] if load.theirs is not None else None
        telling.tell(self.record, self.told, load.plan, [load.whole], theirs, rows, load.only)

    def reference_sample(self, running: Running, plan: Plan, script: Script) -> Sample:
        """The same load on the reference, with the dependencies of the solution that it is compared with."""
        with self._make("reference", running.given, running.pool.size) as reference:
            self._warm_up(reference, plan)
            return reference.sample(plan, script)

    def close(self) -> None:
        """End what the check left running."""
        for running in list(self.running.values()):
            running.close()
        self.engine.close()

    def _make(self, side: str, dependencies: Mapping[str, Any] | None, connections: int | None) -> Running:
        count = self.settings["connections"] if connections is None else connections
        if not 1 <= count <= MOST_CONNECTIONS:
            raise GraderError(f"service: connections must lie between 1 and {MOST_CONNECTIONS}, not {count}")
        if dependencies and not self.settings["factory"]:
            raise GraderError("service: dependencies are given to a factory: name it as [service] factory")
        return Running(self, side, dict(dependencies or {}), count)

    def _hold(self, both: tuple[Running, Running], plan: Plan, bars: Mapping[str, float]) -> list[str]:
        """One level: slices in turns, more of them where it is undecided. Gives sentences for what was missed."""
        for running in both:
            self._warm_up(running, plan)
        slices = max(2, math.ceil(plan.seconds / SLICE_SECONDS))
        samples: tuple[list[Sample], list[Sample]] = ([], [])
        busy: list[float] = []
        rows: list[Row] = []
        for number in range(2 * slices):
            if number == slices and all(row.verdict != "undecided" for row in rows):
                break
            script = Script.of(plan, self.rng, sum(len(sample.due) for sample in samples[0]), plan.seconds / slices)
            self._turn(both, plan, script, samples, busy, solution_first=number % 2 == 0)
            if number >= slices - 1:
                disturbed = float(np.median(busy)) > levels.MOST_IDLE_CPU
                rows = levels.judge(bars, *samples, self.rng, disturbed=disturbed)
        climbs: dict[str, Any] = {}
        if "saturation" in bars:
            row, climbs = saturation_of(both, plan, bars["saturation"], self.rng)
            rows.append(row)
        telling.tell(self.record, self.told, plan, *samples, rows, climbs=climbs)
        missed = [row for row in rows if row.verdict == "missed"]
        example = example_of(samples[0][0]) if any(row.measure != "saturation" for row in missed) else ""
        return ["\n".join(row.sentence(plan.rate) for row in missed) + example] if missed else []

    def _turn(
        self,
        both: tuple[Running, Running],
        plan: Plan,
        script: Script,
        samples: tuple[list[Sample], list[Sample]],
        busy: list[float],
        *,
        solution_first: bool,
    ) -> None:
        """One slice on each side; notes what share of a core the solution used while the reference was driven."""
        for side in (0, 1) if solution_first else (1, 0):
            both[0].idle_cpu()
            sample = both[side].sample(plan, script)
            samples[side].append(sample)
            if side == 1:
                busy.append(both[0].idle_cpu() / max(sample.seconds, sample.offered_s))

    def _warm_up(self, running: Running, plan: Plan) -> None:
        gentle = Plan(plan.requests, min(plan.rate, WARM_UP_RATE), WARM_UP_SECONDS, None, timeout=plan.timeout)
        running.sample(gentle, Script.of(gentle, self.rng))
