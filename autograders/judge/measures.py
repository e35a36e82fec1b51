"""`race`, `growth` and `memory`: the cost of a call, measured from outside the jail.

Solution and reference run at the same time on one pinned core, each pair on fresh inputs, and every
timed answer is checked. The clock is the CPU time of the jail's whole process: threads, a patched
timer or work done between calls gain nothing. Passing arguments and results is left out on both
sides, as far as it costs the learner's side what it costs the reference's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograders.judge.channel import Channel, unwrap
from autograders.judge.comparisons import assert_close
from autograders.judge.proxies import Jail, SolutionStopped
from autograders.judge.statistics import Interval, ratio_interval, slope_interval
from autograders.wire import encode

Compare = Callable[[Any, Any], None]
LEAST_SECONDS = 0.02
MOST_REPEATS = 64
MOST_BYTES = 64 << 20
LEAST_PAIRS, MOST_PAIRS = 5, 15
# So many pairs are enough where every one of them is so many times over the bar.
CLEARLY_OVER = ((1, 6.0), (2, 2.5), (3, 1.6))
TINY_SECONDS = 1e-6
WIRE_ROOM = 1.5
GROWTH_PAIRS = 3
SAFETY = 1.2  # a size is left out where its expected cost, with this much to spare, crosses the limit
EXCESS_EXPONENT = 0.35
COPIES_TO_SEND = 3  # the encoded result, the frame around it, the bytes on their way


class TooSlow(AssertionError):
    """The cost is over the bar; `detail` is what the picture is drawn from."""


class TooMuchMemory(AssertionError):
    """The peak memory is over the bar."""


def default_compare(actual: Any, expected: Any) -> None:
    """Timed answers agree to a relative 1e-6."""
    assert_close(actual, expected, rtol=1e-6, atol=1e-9)


@dataclass
class Pair:
    """CPU seconds per call of both sides."""

    solution_s: float
    reference_s: float


@dataclass
class Track:
    """Two jails, one for each side, that run the same calls; for timing pinned to a core and at the same time."""

    channel: Channel
    name: str
    compare: Compare
    label: str
    hidden: bool
    pinned: bool = True
    solution: Jail = field(init=False)
    reference: Jail = field(init=False)
    sent_bytes: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.solution = Jail(self.channel, f"{self.label}-solution", "solution", pinned=self.pinned, hidden=self.hidden)
        self.reference = Jail(self.channel, f"{self.label}-reference", "reference", pinned=self.pinned)

    def __enter__(self) -> Track:
        try:
            self.solution.open()
            self.reference.open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.solution.close()
        self.reference.close()

    def run(self, calls: Sequence[tuple[Any, ...]]) -> Pair:
        """Run the same calls on both sides at once; checks every answer. Gives CPU seconds per call."""
        stage = encode({"op": "stage", "calls": [list(arguments) for arguments in calls]}).to_bytes()
        self.sent_bytes = len(stage) // len(calls)
        marks = [self.clocks()]
        for jail in (self.solution, self.reference):
            jail.settle(unwrap(self.channel.request("ask", jail=jail.name, frame=stage)))
        marks.append(self.clocks())
        run = encode({"op": "run", "handle": None, "target": self.name}).to_bytes()
        answer = self.channel.request("pair", jails=[self.solution.name, self.reference.name], frame=run)
        for jail, reply in zip((self.solution, self.reference), answer["replies"], strict=True):
            if reply is not None:
                jail.settle(unwrap(reply))
        marks.append(self.clocks())
        for index in range(len(calls)):
            answers = [jail.ask({"op": "fetch", "index": index}) for jail in (self.solution, self.reference)]
            self.compare(*(_opened(answer) for answer in answers))
        marks.append(self.clocks())
        return _costs(marks, len(calls))

    def repeats(self, wanted: float) -> int:
        """How many calls to make in one go so that they last long enough, and their arguments still fit."""
        fit = MOST_BYTES // max(1, self.sent_bytes)
        return max(1, min(MOST_REPEATS, fit, math.ceil(wanted)))

    def clocks(self) -> tuple[float, float]:
        """CPU seconds that solution and reference have used so far."""
        answer = self.channel.request("clocks", jails=[self.solution.name, self.reference.name])
        return float(answer["cpu_s"][0]), float(answer["cpu_s"][1])


def _opened(answer: Any) -> Any:
    if not isinstance(answer, bytes):
        raise SolutionStopped("stopped because its answer could not be read")
    value = unwrap({"reply": answer})
    if not isinstance(value, dict) or set(value) != {"value"}:
        raise SolutionStopped("stopped because its answer could not be read")
    return value["value"]


def _costs(marks: Sequence[tuple[float, float]], calls: int) -> Pair:
    """What the calls themselves cost, and on the learner's side what was done beside them.

    Reading arguments and sending results costs both sides the same. A solution that spends more
    than that there, as one that starts threads or prepares answers when its arguments come, is
    charged for it; the half above is room for noise.
    """
    (s0, r0), (s1, r1), (s2, r2), (s3, r3) = marks
    beside = (s1 - s0) + (s3 - s2) - WIRE_ROOM * ((r1 - r0) + (r3 - r2))
    return Pair(max(TINY_SECONDS, s2 - s1 + max(0.0, beside)) / calls, max(TINY_SECONDS, r2 - r1) / calls)


@dataclass
class Race:
    """What `race(...)` gives: state the bar and it runs."""

    channel: Channel
    name: str
    draw: Callable[[], tuple[Any, ...]]
    compare: Compare
    record: dict[str, Any]
    hidden: bool

    def at_most(self, bar: float) -> None:
        """Fail where the solution costs more than `bar` times the reference; undecided passes and says so."""
        if bar < 1.2:
            raise ValueError(f"a bar of {bar} is within the noise: use 1.5 or more")
        pairs: list[Pair] = []
        decided = False
        try:
            with Track(self.channel, self.name, self.compare, "race", self.hidden) as track:
                first = track.run([self.draw()])
                repeats = track.repeats(LEAST_SECONDS / first.reference_s)
                while len(pairs) < MOST_PAIRS and not decided:
                    pairs.append(track.run([self.draw() for _ in range(repeats)]))
                    decided = self._decided(pairs, bar)
        except SolutionStopped as stop:
            self._tell(pairs, bar, True)
            raise TooSlow(f"{stop}; the bar is {bar:g} times the reference's cost") from None
        interval = self._tell(pairs, bar, decided)
        if decided and interval.value > bar:
            raise TooSlow(
                f"costs {interval.value:.2f} times the reference (99 % interval {interval.low:.2f} to "
                f"{interval.high:.2f}); at most {bar:g} times is asked for"
            )

    def _decided(self, pairs: Sequence[Pair], bar: float) -> bool:
        ratios = [pair.solution_s / pair.reference_s for pair in pairs]
        if any(len(ratios) >= pairs and min(ratios) > bar * factor for pairs, factor in CLEARLY_OVER):
            return True
        interval = ratio_interval(ratios)
        return len(ratios) >= LEAST_PAIRS and not interval.low <= bar <= interval.high

    def _tell(self, pairs: Sequence[Pair], bar: float, decided: bool) -> Interval:
        self.record.update(kind="race", bar=bar, pairs=len(pairs), decided=decided)
        if not pairs:
            return Interval(math.inf, math.inf, math.inf)
        ratios = [pair.solution_s / pair.reference_s for pair in pairs]
        interval = ratio_interval(ratios)
        self.record.update(
            ratio=interval.value,
            low=interval.low,
            high=interval.high,
            ratios=ratios,
            solution_s=sorted(pair.solution_s for pair in pairs)[len(pairs) // 2],
            reference_s=sorted(pair.reference_s for pair in pairs)[len(pairs) // 2],
        )
        return interval


@dataclass
class Growth:
    """What `growth(...)` gives: state the exponent and it climbs the ladder of sizes."""

    channel: Channel
    name: str
    make: Callable[[int], tuple[Any, ...]]
    sizes: Sequence[int]
    compare: Compare
    record: dict[str, Any]
    hidden: bool
    cpu_s: float

    def at_most(self, bar: float) -> None:
        """Fail where cost grows faster than size to the power `bar`, and clearly faster than the reference's."""
        if len(self.sizes) < 3:
            raise ValueError("growth needs at least three sizes")
        rungs: list[Pair] = []
        stop: SolutionStopped | None = None
        try:
            with Track(self.channel, self.name, self.compare, "growth", self.hidden) as track:
                track.run([self.make(self.sizes[0])])
                for size in self.sizes:
                    if self._too_dear(track, rungs, size):
                        break
                    rungs.append(self._rung(track, size))
        except SolutionStopped as error:
            stop = error
        if len(rungs) < 3:
            self._tell(rungs, bar)
            raise TooSlow(f"{stop} at size {self.sizes[len(rungs)]:,}, before its growth could be measured")
        exponent, reference, excess = self._tell(rungs, bar)
        if exponent.low > bar and excess.value > EXCESS_EXPONENT:
            raise TooSlow(
                f"cost grows as size to the power {exponent.value:.2f} (99 % interval {exponent.low:.2f} to "
                f"{exponent.high:.2f}, the reference {reference:.2f}); at most {bar:g} is asked for"
            )
        if stop:
            raise TooSlow(f"{stop} at size {self.sizes[len(rungs)]:,}")

    def _too_dear(self, track: Track, rungs: Sequence[Pair], size: int) -> bool:
        """Whether the next size would cross the CPU limit while what is known already allows a verdict."""
        if len(rungs) < 3:
            return False
        slope = slope_interval(self.sizes[: len(rungs)], [pair.solution_s for pair in rungs]).value
        expected: float = rungs[-1].solution_s * (size / self.sizes[len(rungs) - 1]) ** max(1.0, slope)
        used, _ = track.clocks()
        return used + SAFETY * GROWTH_PAIRS * expected > self.cpu_s

    def _rung(self, track: Track, size: int) -> Pair:
        """The cheapest of a few pairs at one size: what disturbs a measurement only ever adds to it."""
        probe = track.run([self.make(size)])
        repeats = track.repeats(LEAST_SECONDS / 2 / probe.reference_s)
        taken = [track.run([self.make(size) for _ in range(repeats)]) for _ in range(GROWTH_PAIRS - 1)]
        pairs = [*taken, probe] if repeats == 1 else taken
        return Pair(min(pair.solution_s for pair in pairs), min(pair.reference_s for pair in pairs))

    def _tell(self, rungs: Sequence[Pair], bar: float) -> tuple[Interval, float, Interval]:
        sizes = list(self.sizes[: len(rungs)])
        solution = [pair.solution_s for pair in rungs]
        reference = [pair.reference_s for pair in rungs]
        self.record.update(kind="growth", bar=bar, sizes=sizes, solution_s=solution, reference_s=reference)
        if len(rungs) < 3:
            none = Interval(math.nan, math.nan, math.nan)
            return none, math.nan, none
        exponent, base = slope_interval(sizes, solution), slope_interval(sizes, reference)
        excess = slope_interval(sizes, [s / r for s, r in zip(solution, reference, strict=True)])
        self.record.update(exponent=exponent.value, low=exponent.low, high=exponent.high, reference_exponent=base.value)
        return exponent, base.value, excess


@dataclass
class Memory:
    """What `memory(...)` gives: state the bar and it measures one call, in a jail beside one of the reference's."""

    channel: Channel
    name: str
    arguments: tuple[Any, ...]
    compare: Compare
    record: dict[str, Any]
    hidden: bool

    def at_most_mb(self, bar: float) -> None:
        """Fail where the call's peak beyond its inputs and outputs is over `bar` MB, measured from outside.

        What is used before the call counts beyond what the reference uses there, and what is used to
        give the result away beyond copies of it: a buffer made at import serves the call as well.
        """
        try:
            with Track(self.channel, self.name, self.compare, "memory", self.hidden, pinned=False) as track:
                peak_mb = self._measure(track)
        except SolutionStopped as stop:
            self.record.update(kind="memory", bar_mb=bar)
            raise TooMuchMemory(str(stop)) from None
        self.record.update(kind="memory", peak_mb=peak_mb, bar_mb=bar)
        if peak_mb > bar:
            raise TooMuchMemory(
                f"needed {peak_mb:.0f} MB beyond its inputs and outputs; at most {bar:g} MB is asked for"
            )

    def _measure(self, track: Track) -> float:
        stage = {"op": "stage", "calls": [list(self.arguments)]}
        run = {"op": "run", "handle": None, "target": self.name}
        for jail in (track.solution, track.reference):
            jail.ask(stage)
        staged, equal = self._marks(track.solution), self._marks(track.reference)
        track.solution.ask(run)
        called = self._marks(track.solution)
        track.reference.ask(run)
        answers = [jail.ask({"op": "fetch", "index": 0}) for jail in (track.solution, track.reference)]
        fetched = self._marks(track.solution)
        self.compare(*(_opened(answer) for answer in answers))
        output_kb = len(answers[0]) / 1024
        resting_kb = min(staged["rss_kb"], equal["rss_kb"])
        before_kb = staged["peak_kb"] - equal["peak_kb"]
        call_kb = called["peak_kb"] - resting_kb - output_kb
        after_kb = fetched["peak_kb"] - called["rss_kb"] - COPIES_TO_SEND * output_kb
        return max(0.0, before_kb, call_kb, after_kb) / 1024

    def _marks(self, jail: Jail) -> dict[str, float]:
        """Memory in use and the peak since the last look, in KB; the peak starts again from here."""
        return self.channel.request("memory", jail=jail.name, reset=True)
