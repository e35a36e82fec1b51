"""What came of a load, for the author's bars: `load.meets(p99_ms=50)`, `load.phase("dead").meets(errors=0)`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograders.judge.callbacks import GraderError
from autograders.judge.services.levels import BARS, Figures, Row, judge, recovery
from autograders.judge.services.load import Phase, Plan, Sample, Script

if TYPE_CHECKING:
    from autograders.judge.services.fixture import Service
    from autograders.judge.services.running import Running

TIMED = ("_ms", "_ratio", "throughput")
SHOWN_ERRORS = 3


class LevelMissed(AssertionError):
    """The service does not hold its level; the text says at what, by how much, and how the reference did."""


@dataclass
class Load:
    """One load and its sample, or one phase of it. Latencies in milliseconds, errors as a share, rates a second."""

    service: Service
    running: Running
    plan: Plan
    script: Script
    whole: Sample
    only: Phase | None = None
    theirs: Sample | None = None

    @property
    def sample(self) -> Sample:
        """The part that this is about."""
        return self._part(self.whole)

    @property
    def figures(self) -> Figures:
        """Quantiles, errors, throughput and the generator's own lag."""
        return Figures.of([self.sample])

    @property
    def p50_ms(self) -> float:
        """Median latency."""
        return self.figures.p50_ms

    @property
    def p95_ms(self) -> float:
        """Latency that 95 % of requests keep below."""
        return self.figures.p95_ms

    @property
    def p99_ms(self) -> float:
        """Latency that 99 % of requests keep below."""
        return self.figures.p99_ms

    @property
    def errors(self) -> float:
        """Share of requests that were answered wrongly or not at all."""
        return self.figures.errors

    @property
    def throughput(self) -> float:
        """Right answers a second."""
        return self.figures.throughput

    def phase(self, name: str) -> Load:
        """The same, of the requests that were due in one phase."""
        for phase in self.plan.phases:
            if phase.name == name:
                return replace(self, only=phase)
        raise GraderError(f"load: there is no phase {name!r}")

    def meets(self, **bars: float) -> None:
        """Fail where a bar is missed: p50_ms, p95_ms, p99_ms, the same as _ratio, errors, throughput.

        A bar in time is only held against the solution where the reference meets it under the same load right
        after, and where it is missed again right after that; else it is undecided, which passes and is told.
        """
        known = [name for name in BARS if name != "saturation"]
        if unknown := sorted(set(bars) - set(known)):
            raise GraderError(f"load.meets: {unknown[0]!r} is not one of {', '.join(known)}")
        if not len(self.sample.due):
            raise GraderError("load.meets: no request was due in this phase")
        rows = self._rows(bars)
        missed = [row for row in rows if row.verdict == "missed"]
        if missed and all(row.measure.endswith(TIMED) for row in missed) and self.running.open:
            self.whole = self.running.sample(self.plan, self.script)
            rows = self._rows(bars)
            missed = [row for row in rows if row.verdict == "missed"]
        self.service.tell(self, rows)
        if missed:
            raise LevelMissed(_sentences(missed, self.plan.rate, self.sample, self.only))

    def recovery_s(self) -> float | None:
        """Seconds from the beginning of this phase until the last request that failed; None where it never ends."""
        begun = self._stretch()[0] if self.only else 0.0
        return recovery(self.whole.due, self.whole.good, begun)

    def recovers_within(self, seconds: float) -> None:
        """Fail where requests still fail later than so many seconds after this phase began."""
        self.service.tell(self, [])
        taken = self.recovery_s()
        if taken is None or taken > seconds:
            how = "it does not" if taken is None else f"it takes {taken:.2f} s"
            raise LevelMissed(f"the service must recover within {seconds:g} s; {how}{example_of(self.sample)}")

    def _rows(self, bars: dict[str, float]) -> list[Row]:
        ratios = any(name.endswith("_ratio") for name in bars)
        rng = self.service.rng
        if not ratios:
            rows = judge(bars, [self.sample], self._theirs(), rng)
            if self.theirs is not None or all(row.verdict != "missed" for row in rows):
                return rows
        if self.theirs is None:
            self.theirs = self.service.reference_sample(self.running, self.plan, self.script)
        return judge(bars, [self.sample], self._theirs(), rng)

    def _theirs(self) -> list[Sample] | None:
        return None if self.theirs is None else [self._part(self.theirs)]

    def _part(self, sample: Sample) -> Sample:
        return sample.between(*self._stretch()) if self.only else sample

    def _stretch(self) -> tuple[float, float]:
        start = 0.0
        for phase in self.plan.phases:
            if phase is self.only:
                break
            start += phase.seconds
        assert self.only is not None
        return start, start + self.only.seconds


def _sentences(missed: list[Row], rate: float, sample: Sample, phase: Phase | None) -> str:
    where = f" (while {phase.name})" if phase else ""
    lines = [row.sentence(rate) + where for row in missed]
    return "\n".join(lines) + example_of(sample)


def example_of(sample: Sample) -> str:
    """What was wrong with the first few requests that failed, each kind once."""
    kinds = list(dict.fromkeys(error for error in sample.errors if error))
    return "".join(f"\n  {sample.errors.count(kind):,} requests: {kind}" for kind in kinds[:SHOWN_ERRORS])
