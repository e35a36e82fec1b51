"""`growth`: the exponent of a function's cost in the size of its input, beside the reference's on the same ladder."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograders.judge.bounds import ROOM, Bound, read_bound
from autograders.judge.callbacks import GraderError
from autograders.judge.channel import Channel
from autograders.judge.proxies import SolutionStopped
from autograders.judge.statistics import Interval, running_interval, slope, spread
from autograders.judge.track import Call, Compare, OverTheBar, Pair, Repeats, Track, Wire, calibrated

LEAST_SECONDS = 0.01
MOST_CLIMBS = 8
# Scatter of the logarithm of one cost, and of one ratio of two taken at once; divided by the ladder's spread.
LEAST_SCATTER, FEW_SCATTER = 0.05, 0.12
LEAST_PAIRED, FEW_PAIRED = 0.03, 0.08
# Who grows hardly faster than the reference passes whatever the bar; who fails grows clearly faster.
LIKE_THE_REFERENCE, CLEARLY_FASTER = 0.25, 0.1
SAFETY = 1.2  # a size is left out where its expected cost, with this much to spare, crosses the limit
LEAST_SIZES, LEAST_SPAN = 3, 4.0
CLIMBS_FOR_A_LIMIT = 3.0  # all climbs together may use so many times the CPU limit


@dataclass(frozen=True)
class Climb:
    """One way up or down the ladder: costs at each size that was measured."""

    sizes: tuple[int, ...]
    pairs: tuple[Pair, ...]

    def slope_of(self, cost: Callable[[Pair], float]) -> float:
        """The exponent of a cost on this climb."""
        return slope([math.log(size) for size in self.sizes], [cost(pair) for pair in self.pairs])


@dataclass
class Growth:
    """What `growth(...)` gives: state the bound and it climbs the ladder of sizes, up and down by turns.

    Each climb gives an exponent of the solution's cost, one of the reference's and one of their ratio;
    what drifts while climbing up is undone on the way down. The ratio's is far the steadier: both sides
    run at once. So a solution fails where its own exponent is over the bar and it grows clearly faster
    than the reference.
    """

    channel: Channel
    name: str
    make: Callable[[int], Call]
    sizes: Sequence[int]
    compare: Compare
    record: dict[str, Any]
    hidden: bool
    cpu_s: float
    climbs: list[Climb] = field(default_factory=list, init=False)
    repeats: dict[int, Repeats] = field(default_factory=dict, init=False)
    wires: dict[int, Wire] = field(default_factory=dict, init=False)
    reached: list[int] = field(default_factory=list, init=False)
    stopped_at: int | None = field(default=None, init=False)

    def at_most(self, bar: float | str) -> None:
        """Fail where cost grows faster than size to the power `bar`, or than a bound such as "n log n".

        The words for a bound leave room of 0.2 in the exponent, a number is taken as it is. Undecided
        passes and says so; sizes that would cross the CPU limit are left out. Running into a limit fails.
        """
        self.sizes = sorted(self.sizes)
        if len(self.sizes) < LEAST_SIZES or self.sizes[0] < 2 or self.sizes[-1] < LEAST_SPAN * self.sizes[0]:
            raise GraderError(f"growth needs at least {LEAST_SIZES} sizes, the last {LEAST_SPAN:g} times the first")
        bound = read_bound(bar) if isinstance(bar, str) else None
        stop: SolutionStopped | None = None
        try:
            while not self._decided(bar, bound) and self._may_go_on():
                self._climb()
        except SolutionStopped as error:
            stop = error
        self._tell(bar, bound)
        if stop and not self.climbs:
            raise OverTheBar(f"{stop} at size {self.stopped_at:,}, before its growth could be measured") from None
        self._judge(bar, bound, stop)

    def _judge(self, bar: float | str, bound: Bound | None, stop: SolutionStopped | None) -> None:
        limit, asked = self._limit(bar, bound), f"at most {bound.text if bound else f'{bar:g}'} is asked for"
        exponent, excess, reference = self._exponents()
        words = (
            f"cost grows as size to the power {exponent.value:.2f} (99 % interval {exponent.low:.2f} to "
            f"{exponent.high:.2f}, the reference {reference:.2f})"
        )
        if stop:
            raise OverTheBar(f"{stop} at size {self.stopped_at:,}; up to there {words}; {asked}") from None
        if self._over(exponent, excess, limit):
            raise OverTheBar(f"{words}; {asked}")

    # --- measuring --------------------------------------------------------------------------------

    def _climb(self) -> None:
        """Up the ladder, or down what is known to be in reach; in jails of its own, so that limits start anew."""
        first = not self.climbs
        ladder = list(self.sizes) if first else self.reached
        if len(self.climbs) % 2:
            ladder = ladder[::-1]
        pairs: dict[int, Pair] = {}
        try:
            with Track(self.channel, self.name, self.compare, "growth", self.hidden) as track:
                self.stopped_at = self.sizes[0]
                track.run(lambda: self.make(self.sizes[0]))
                for size in ladder:
                    if first and self._too_dear(track, pairs, size):
                        break
                    self.stopped_at = size
                    pairs[size] = self._rung(track, size)
        finally:
            if len(pairs) >= (2 if first else len(ladder)):
                self.reached = sorted(pairs)
                self.climbs.append(Climb(tuple(self.reached), tuple(pairs[size] for size in self.reached)))
        self.stopped_at = None

    def _rung(self, track: Track, size: int) -> Pair:
        """One reading at a size, of calls repeated until they last; how often is found out when it is first met."""

        def draw() -> Call:
            return self.make(size)

        if size not in self.wires:
            self.wires[size] = calibrated(self.channel, self.name, draw())
        track.wire = self.wires[size]
        if size not in self.repeats:
            probe = track.run(draw)
            self.repeats[size] = track.repeats(probe, LEAST_SECONDS)
            if self.repeats[size].solution == 1 and probe.solution_s > 2 * LEAST_SECONDS:
                return probe
        return track.run(draw, self.repeats[size])

    def _too_dear(self, track: Track, pairs: dict[int, Pair], size: int) -> bool:
        """Whether a size would cross the CPU limit, while those below it are enough for a verdict."""
        if len(pairs) < 2:
            return False
        known = sorted(pairs)
        steepest = Climb(tuple(known), tuple(pairs[each] for each in known)).slope_of(lambda p: math.log(p.solution_s))
        expected: float = pairs[known[-1]].solution_s * (size / known[-1]) ** max(1.0, steepest)
        used, _ = track.clocks()
        return used + SAFETY * expected > self.cpu_s

    def _may_go_on(self) -> bool:
        if not self.climbs:
            return True
        used = sum(pair.solution_s * pair.calls for climb in self.climbs for pair in climb.pairs)
        next_one = used / len(self.climbs)
        return len(self.climbs) < MOST_CLIMBS and used + next_one < CLIMBS_FOR_A_LIMIT * self.cpu_s

    # --- the verdict ------------------------------------------------------------------------------

    def _exponents(self) -> tuple[Interval, Interval, float]:
        """Exponent of the solution's cost, by how much it exceeds the reference's, and the reference's."""
        width = spread([math.log(size) for size in self.reached])
        mine = [climb.slope_of(lambda pair: math.log(pair.solution_s)) for climb in self.climbs]
        ratios = [climb.slope_of(lambda pair: pair.log_ratio) for climb in self.climbs]
        theirs = statistics.mean(climb.slope_of(lambda pair: math.log(pair.reference_s)) for climb in self.climbs)
        exponent = running_interval(mine, least=LEAST_SCATTER / width, few=FEW_SCATTER / width)
        return exponent, running_interval(ratios, least=LEAST_PAIRED / width, few=FEW_PAIRED / width), theirs

    def _limit(self, bar: float | str, bound: Bound | None) -> float:
        return bound.exponent(self.reached) + ROOM if bound else float(bar)

    def _over(self, exponent: Interval, excess: Interval, limit: float) -> bool:
        return exponent.low > limit and excess.low > CLEARLY_FASTER

    def _decided(self, bar: float | str, bound: Bound | None) -> bool:
        if not self.climbs:
            return False
        exponent, excess, _ = self._exponents()
        limit = self._limit(bar, bound)
        passes = exponent.high < limit or excess.high < LIKE_THE_REFERENCE
        return passes or self._over(exponent, excess, limit)

    def _tell(self, bar: float | str, bound: Bound | None) -> None:
        """Costs at each size (the median of the climbs), exponents, and how sure they are."""
        self.record.update(kind="growth", climbs=len(self.climbs), decided=self._decided(bar, bound))
        self.record.update(left_out=[size for size in self.sizes if size not in self.reached])
        if not self.climbs:
            self.record.update(bar=bar if bound is None else bound.exponent(self.sizes) + ROOM, sizes=[])
            return
        at_each = list(zip(*(climb.pairs for climb in self.climbs), strict=True))
        exponent, excess, reference = self._exponents()
        self.record.update(
            bar=self._limit(bar, bound),
            bound=bound.text if bound else "",
            sizes=self.reached,
            solution_s=[statistics.median(pair.solution_s for pair in pairs) for pairs in at_each],
            reference_s=[statistics.median(pair.reference_s for pair in pairs) for pairs in at_each],
            exponent=exponent.value,
            low=exponent.low,
            high=exponent.high,
            reference_exponent=reference,
            excess=excess.value,
            excess_low=excess.low,
            excess_high=excess.high,
        )
