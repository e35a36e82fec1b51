"""An open-loop load: requests leave when they are due, whether or not those before them were answered.

The arrivals are drawn in advance. The latency of a request runs from the moment it was due until the last
byte of its answer: what a service delays by being late with others counts, wherever the request had to wait
(Tene, "How NOT to Measure Latency", Strange Loop 2015, calls its absence coordinated omission). A request
that is answered wrongly, or not at all, counts as one that took the whole timeout.
"""

from __future__ import annotations

import gc
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np

from autograders.judge.callbacks import GraderError
from autograders.judge.services.http import Answer, Request
from autograders.judge.services.pool import Pending, Pool
from autograders.judge.services.reactor import Reactor

Arrivals = Literal["poisson", "uniform"]
Make = Callable[[int], Request]
Check = Callable[[Request, Answer], Any]
MOST_REQUESTS, MOST_RATE, MOST_SECONDS = 200_000, 10_000.0, 600.0
MOST_KEPT_BYTES = 64 << 20
SWEEP_SECONDS = 0.02
LOOK_SECONDS = 0.25
HEAD_START = 0.01  # what is prepared must not be late already
ERROR_CHARACTERS = 200
TOO_LATE = "no answer within"


@dataclass(frozen=True)
class Phase:
    """A stretch of a load with a name, and what is wrong meanwhile."""

    name: str
    seconds: float
    fault: AbstractContextManager[object] | None = None


def read_phases(phases: Sequence[tuple[Any, ...]]) -> tuple[Phase, ...]:
    """Phases from (name, seconds) or (name, seconds, fault); raises GraderError naming what is wrong."""
    found: list[Phase] = []
    for given in phases:
        if not (isinstance(given, tuple) and len(given) in (2, 3) and isinstance(given[0], str)):
            raise GraderError(f"load: a phase is (name, seconds) or (name, seconds, fault), not {given!r:.100}")
        phase = Phase(*given)
        if not (isinstance(phase.seconds, int | float) and phase.seconds > 0):
            raise GraderError(f"load: the phase {phase.name!r} needs seconds above 0, not {phase.seconds!r:.40}")
        if not (phase.fault is None or isinstance(phase.fault, AbstractContextManager)):
            raise GraderError(f"load: the phase {phase.name!r} needs a fault, as faults.dead(...), or none")
        if phase.name in (other.name for other in found):
            raise GraderError(f"load: two phases are named {phase.name!r}")
        found.append(phase)
    return tuple(found)


@dataclass(frozen=True)
class Plan:
    """What is asked of a service: how often, how long, with which requests, and how its answers are checked."""

    requests: Make
    rate: float
    seconds: float
    check: Check | None = None
    arrivals: Arrivals = "poisson"
    timeout: float = 5.0
    phases: tuple[Phase, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.rate <= MOST_RATE:
            raise GraderError(f"load: rate must lie between 0 and {MOST_RATE:,.0f} requests a second, not {self.rate}")
        if not 0 < self.seconds <= MOST_SECONDS:
            raise GraderError(f"load: seconds must lie between 0 and {MOST_SECONDS:.0f}, not {self.seconds}")
        if not 0 < self.timeout <= 60:
            raise GraderError(f"load: timeout must lie between 0 and 60 s, not {self.timeout}")
        if self.rate * self.seconds > MOST_REQUESTS:
            raise GraderError(f"load: {self.rate:g} a second for {self.seconds:g} s is more than {MOST_REQUESTS:,}")
        if self.arrivals not in ("poisson", "uniform"):
            raise GraderError(f"load: arrivals must be poisson or uniform, not {self.arrivals!r}")


@dataclass(frozen=True)
class Script:
    """A plan drawn out: when each request is due, in seconds from the start, and what it is."""

    due: np.ndarray
    requests: tuple[Request, ...]

    @classmethod
    def of(cls, plan: Plan, rng: np.random.Generator, first: int = 0, seconds: float = 0.0) -> Script:
        """Draw the arrivals and make the requests; numbers for `plan.requests` begin at `first`."""
        due = arrivals(plan.arrivals, plan.rate, seconds or plan.seconds, rng)
        made = tuple(plan.requests(first + i) for i in range(len(due)))
        for request in made:
            if not isinstance(request, Request):
                raise GraderError(f"load: requests(i) must give a Get, Post, Put or Delete, not {request!r:.100}")
        return cls(due, made)


def arrivals(kind: Arrivals, rate: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """When requests are due, in seconds: a Poisson process of that rate, or equal gaps."""
    if kind == "uniform":
        return np.arange(max(1, round(rate * seconds))) / rate
    # Given their number, the arrivals of a Poisson process are independent and uniform.
    return np.sort(rng.uniform(0, seconds, size=max(1, int(rng.poisson(rate * seconds)))))


@dataclass
class Sample:
    """What came of a script: for each request when it was due, its latency and what was wrong, "" for nothing.

    `waited` tells which found no free connection; `lag` is how late the generator itself was with the others.
    Seconds throughout; `seconds` until the last answer, `offered_s` until the last was due.
    """

    due: np.ndarray
    latency: np.ndarray
    errors: list[str]
    lag: np.ndarray
    waited: np.ndarray
    seconds: float
    offered_s: float

    @property
    def wrong(self) -> int:
        """How many were answered wrongly or with an error: what no busy host brings about, as it may a timeout."""
        return sum(bool(error) and not error.startswith(TOO_LATE) for error in self.errors)

    @property
    def good(self) -> np.ndarray:
        """Which were answered rightly."""
        return np.array([not error for error in self.errors], bool)

    def between(self, start: float, end: float) -> Sample:
        """What became of the requests that were due in a stretch of the load."""
        chosen = (self.due >= start) & (self.due < end)
        errors = [error for error, taken in zip(self.errors, chosen.tolist(), strict=True) if taken]
        columns = (self.due[chosen] - start, self.latency[chosen], errors, self.lag[chosen], self.waited[chosen])
        return Sample(*columns, seconds=end - start, offered_s=end - start)


@dataclass
class Driver:
    """Drives one script through one pool. `look` is called now and then, for whoever watches the service's limits."""

    reactor: Reactor
    pool: Pool
    look: Callable[[], None]
    plan: Plan
    waiting: deque[Pending] = field(default_factory=deque)
    sent: list[Pending] = field(default_factory=list)
    kept: int = 0
    finished: int = 0
    over: bool = False

    def run(self, script: Script) -> Sample:
        """Send all, wait for all, check all."""
        data = [request.to_bytes() for request in script.requests]
        with quiet(), ExitStack() as faults:
            start = time.monotonic() + HEAD_START
            intended = (start + script.due).tolist()
            self._schedule(script.requests, data, intended, start)
            self._begin_phases(faults, start)
            count = len(data)
            try:
                self.reactor.run(lambda: self.finished == count)
            finally:
                self.over = True
        ended = max(pending.ended for pending in self.sent)
        return self._sample(script, start, ended)

    def _schedule(
        self, requests: Sequence[Request], data: Sequence[bytes], intended: Sequence[float], start: float
    ) -> None:
        count = len(data)

        def due(index: int) -> None:
            pending = Pending(requests[index], data[index], intended[index], self._answered)
            if index + 1 < count:
                self.reactor.at(intended[index + 1], lambda: due(index + 1))
            self.sent.append(pending)
            self.waiting.append(pending)
            self.pool.send(pending)

        def sweep() -> None:
            if self.over:
                return
            limit = time.monotonic() - self.plan.timeout
            while self.waiting and (self.waiting[0].over or self.waiting[0].intended < limit):
                late = self.waiting.popleft()
                self.pool.give_up(late, f"{TOO_LATE} {self.plan.timeout:g} s")
            self.reactor.at(time.monotonic() + SWEEP_SECONDS, sweep)

        def look() -> None:
            if self.over:
                return
            self.look()
            self.reactor.at(time.monotonic() + LOOK_SECONDS, look)

        self.reactor.at(intended[0], lambda: due(0))
        self.reactor.at(start + SWEEP_SECONDS, sweep)
        self.reactor.at(start + LOOK_SECONDS / 2, look)

    def _begin_phases(self, faults: ExitStack, start: float) -> None:
        """Let each phase's fault begin and end when the phase does."""

        def begin(phase: Phase) -> None:
            faults.close()
            if phase.fault is not None and not self.over:
                faults.enter_context(phase.fault)

        for phase in self.plan.phases:
            self.reactor.at(start, partial(begin, phase))
            start += phase.seconds

    def _answered(self, pending: Pending) -> None:
        self.finished += 1
        if pending.answer is not None:
            self.kept += len(pending.answer.body)
            if self.kept > MOST_KEPT_BYTES:
                pending.answer, pending.error = None, f"the answers together have over {MOST_KEPT_BYTES >> 20} MB"

    def _sample(self, script: Script, start: float, ended: float) -> Sample:
        errors = [_error_of(pending, self.plan.check) for pending in self.sent]
        good = np.array([not error for error in errors], bool)
        taken = np.array([pending.ended - pending.intended for pending in self.sent])
        lag = [math.nan if pending.waited else pending.sent - pending.intended for pending in self.sent]
        return Sample(
            due=script.due,
            latency=np.where(good, taken, np.maximum(taken, self.plan.timeout)),
            errors=errors,
            lag=np.array(lag),
            waited=np.array([pending.waited for pending in self.sent]),
            seconds=ended - start,
            offered_s=float(script.due[-1]) if len(script.due) else 0.0,
        )


def _error_of(pending: Pending, check: Check | None) -> str:
    """What was wrong with one answer, "" for nothing."""
    if pending.error or pending.answer is None:
        return pending.error or "no answer"
    if check is None:
        return "" if pending.answer.status < 400 else f"answered with status {pending.answer.status}"
    try:
        said = check(pending.request, pending.answer)
    except AssertionError as error:
        return f"wrong answer: {error}"[:ERROR_CHARACTERS] if str(error) else "wrong answer"
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return f"wrong answer ({type(error).__name__}: {error})"[:ERROR_CHARACTERS]
    return "wrong answer" if said is not None and not said else ""


@contextmanager
def quiet() -> Iterator[None]:
    """No collection of garbage meanwhile: a pause of the generator's would be a latency of the service's."""
    was = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was:
            gc.enable()
