"""Verdicts about a service level, from samples of the solution and the reference under the same load. Pure.

The two are driven in turns with the same arrivals, so that a busy minute of the host meets both. A bar in
milliseconds is only held against a solution where the reference meets it in the same minutes, unless it is
wrong answers by which the solution misses it, and where the load itself left on time; a bar as a ratio only
where the whole interval of the ratio lies above it. What remains undecided passes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from autograders.judge.services.load import Sample

QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
# The bars of a service level: at most, or at least for those that grow with what is good.
AT_LEAST = ("throughput", "saturation")
BARS = (*(f"{name}_{unit}" for unit in ("ms", "ratio") for name in QUANTILES), "errors", *AT_LEAST)
BLOCK_SECONDS = 0.5
RESAMPLES = 1_000
INTERVAL = (0.005, 0.995)
# A service that computes while the other one is driven would slow that down: more than this share of a core tells.
MOST_IDLE_CPU = 0.1
SHOWN_QUANTILES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
MOST_WRONG = 0.05
# Where the generator is late by more than this share of a p99, with both services, it is the host that is too busy.
MOST_LAG = 0.2
Verdict = Literal["met", "missed", "undecided"]


@dataclass(frozen=True)
class Figures:
    """What one side did under a load. Latencies in milliseconds, rates in requests a second, errors as a share."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: float
    throughput: float
    lag_ms: float
    p99_sent_ms: float  # from when a request was sent, over those that found a free connection
    waited: float

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Figures:
        """The figures of all samples together."""
        latency = np.concatenate([sample.latency for sample in samples]) * 1e3
        lag = np.concatenate([sample.lag[~sample.waited] for sample in samples]) * 1e3
        sent = np.concatenate([sample.latency[~sample.waited] for sample in samples]) * 1e3 - lag
        good = sum(int(sample.good.sum()) for sample in samples)
        count = len(latency)
        p50, p95, p99 = np.quantile(latency, list(QUANTILES.values())).tolist()
        return cls(
            count=count,
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
            errors=1 - good / count,
            throughput=good / math.fsum(max(sample.seconds, sample.offered_s) for sample in samples),
            lag_ms=float(np.quantile(lag, 0.99)) if len(lag) else 0.0,
            p99_sent_ms=float(np.quantile(sent, 0.99)) if len(sent) else 0.0,
            waited=sum(int(sample.waited.sum()) for sample in samples) / count,
        )

    def value(self, bar: str) -> float:
        """The figure that a bar is about."""
        return float(getattr(self, bar.replace("_ratio", "_ms")))


@dataclass(frozen=True)
class Row:
    """One bar and what was found: the figure of each side, its interval, the verdict."""

    measure: str
    bar: float
    solution: float
    reference: float | None
    low: float
    high: float
    verdict: Verdict

    def sentence(self, rate: float) -> str:
        """What a learner reads where the bar was missed."""
        name, _, unit = self.measure.partition("_")
        beside = "" if self.reference is None else f"; the reference: {_words(self.measure, self.reference)}"
        if unit == "ratio":
            return (
                f"{name} at {rate:g} requests/s is {self.solution:.2f} times the reference's (99 % interval "
                f"{self.low:.2f} to {self.high:.2f}); at most {self.bar:g} times is asked for"
            )
        ask = "at least" if self.measure in AT_LEAST else "at most"
        what = {"errors": "the share of errors", "saturation": "the highest rate that is sustained"}.get(
            self.measure, name
        )
        where = "" if self.measure == "saturation" else f" at {rate:g} requests/s"
        return f"{what}{where} is {_words(self.measure, self.solution)}; {ask} {_words(self.measure, self.bar)}{beside}"


QUANTILE_BARS = tuple(f"{name}_ms" for name in QUANTILES)


def _words(measure: str, value: float) -> str:
    if measure in QUANTILE_BARS:
        return f"{value:.3g} ms" if value < 1_000 else f"{value:,.0f} ms"
    return f"{100 * value:.3g} %" if measure == "errors" else f"{value:,.4g} requests/s"


@dataclass(frozen=True)
class Judged:
    """What the bars are held against: both sides' slices and figures, and what may excuse a miss.

    `late`: the load itself left late, with both alike. `excused`: whether a reference that misses a bar too is
    taken as a sign of a busy host.
    """

    solution: Sequence[Sample]
    reference: Sequence[Sample] | None
    mine: Figures
    theirs: Figures | None
    rng: np.random.Generator
    wrong: float
    late: bool
    excused: bool

    def ratio_row(self, name: str, bar: float) -> Row:
        """A quantile beside the reference's."""
        if self.theirs is None or not self.reference:
            raise ValueError("a ratio needs the reference")
        value = self.mine.value(name) / self.theirs.value(name)
        low, high = ratio_interval(self.solution, self.reference, QUANTILES[name[:3]], self.rng)
        verdict: Verdict = "met" if value <= bar else "missed" if low > bar else "undecided"
        return Row(name, bar, value, 1.0, low, high, verdict)

    def absolute_row(self, name: str, bar: float) -> Row:
        """A figure in milliseconds, requests or shares."""
        value, beside = self.mine.value(name), self.theirs.value(name) if self.theirs else None
        low, high = _interval(name, self.solution, self.rng)
        for_time = self.wrong <= _wrong_within(name, bar)
        kindest = value if not for_time else high if name in AT_LEAST else low
        verdict = absolute(name, bar, value, kindest, beside if for_time and self.excused else None)
        if verdict == "missed" and self.late and for_time and name in QUANTILE_BARS:
            verdict = "undecided"
        return Row(name, bar, value, beside, low, high, verdict)


def judge(
    bars: Mapping[str, float],
    solution: Sequence[Sample],
    reference: Sequence[Sample] | None,
    rng: np.random.Generator,
    *,
    disturbed: bool = False,
) -> list[Row]:
    """A row for each bar. `disturbed`: the solution computed while the reference was driven, which excuses nothing."""
    mine = Figures.of(solution)
    theirs = Figures.of(reference) if reference else None
    wrong = sum(sample.wrong for sample in solution) / mine.count
    late = theirs is not None and not disturbed and min(mine.lag_ms, theirs.lag_ms) > MOST_LAG * mine.p99_ms
    judged = Judged(solution, reference, mine, theirs, rng, wrong, late, excused=not disturbed)
    return [
        judged.ratio_row(name, bar) if name.endswith("_ratio") else judged.absolute_row(name, bar)
        for name, bar in bars.items()
        if name != "saturation"
    ]


def _wrong_within(name: str, bar: float) -> float:
    """The share of wrong answers up to which a bar could still be met: with more, it is not for want of time."""
    if name in QUANTILE_BARS:
        return 1 - QUANTILES[name[:3]]
    return bar if name == "errors" else MOST_WRONG


def absolute(name: str, bar: float, value: float, kindest: float, reference: float | None) -> Verdict:
    """The verdict on a figure: missed where the kind end of its interval is beyond the bar, and the reference not."""
    sign = -1 if name in AT_LEAST else 1
    if sign * value <= sign * bar:
        return "met"
    if sign * kindest <= sign * bar:
        return "undecided"
    return "missed" if reference is None or sign * reference <= sign * bar else "undecided"


def _interval(name: str, samples: Sequence[Sample], rng: np.random.Generator) -> tuple[float, float]:
    if name in QUANTILE_BARS:
        return quantile_interval(samples, QUANTILES[name[:3]], rng)
    figures = Figures.of(samples)
    if name == "errors":
        # Whether answers are right is no matter of a host's noise: the share counts as it is.
        return figures.errors, figures.errors
    return figures.throughput, figures.throughput


def blocks(samples: Sequence[Sample]) -> list[np.ndarray]:
    """Latencies in seconds by stretches of half a second, by when the requests were due."""
    found: list[np.ndarray] = []
    for sample in samples:
        numbers = (sample.due / BLOCK_SECONDS).astype(int)
        last = int(numbers[-1]) if len(numbers) else -1
        found += [sample.latency[numbers == number] for number in range(last + 1)]
    return found


def quantile_interval(samples: Sequence[Sample], share: float, rng: np.random.Generator) -> tuple[float, float]:
    """A 99 % interval of a quantile in milliseconds, by resampling blocks: latencies near in time are alike."""
    parts = blocks(samples)
    low, high = _resample(len(parts), lambda chosen: _quantile(parts, chosen, share), rng)
    return 1e3 * low, 1e3 * high


def ratio_interval(
    solution: Sequence[Sample], reference: Sequence[Sample], share: float, rng: np.random.Generator
) -> tuple[float, float]:
    """A 99 % interval of the ratio of a quantile, resampling blocks of the same arrivals together."""
    ours, theirs = blocks(solution), blocks(reference)
    count = min(len(ours), len(theirs))

    def ratio(chosen: np.ndarray) -> float:
        return _quantile(ours, chosen, share) / _quantile(theirs, chosen, share)

    return _resample(count, ratio, rng)


def _resample(count: int, figure: Callable[[np.ndarray], float], rng: np.random.Generator) -> tuple[float, float]:
    drawn = [figure(rng.integers(count, size=count)) for _ in range(RESAMPLES)]
    low, high = np.nanquantile(drawn, INTERVAL).tolist()
    return low, high


def _quantile(parts: Sequence[np.ndarray], chosen: np.ndarray, share: float) -> float:
    values = np.concatenate([parts[i] for i in chosen])
    return float(np.quantile(values, share)) if len(values) else math.nan


def shown_quantiles(samples: Sequence[Sample]) -> list[float]:
    """The latencies in milliseconds that a picture is drawn from."""
    latency = np.concatenate([sample.latency for sample in samples])
    return [round(1e3 * float(value), 4) for value in np.quantile(latency, SHOWN_QUANTILES)]


def recovery(due: np.ndarray, good: np.ndarray, begun: float) -> float | None:
    """Seconds from `begun` until the last request that failed after it; 0 for none, None where the last still fails."""
    after = due >= begun
    failing = due[after & ~good]
    if not len(failing):
        return 0.0
    if not (good & (due > failing[-1])).any():
        return None
    return float(failing[-1] - begun)
