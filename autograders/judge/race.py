"""`race`: the cost of a function beside the reference's, decided as soon as the measurement allows."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autograders.judge.callbacks import GraderError
from autograders.judge.channel import Channel
from autograders.judge.proxies import SolutionStopped
from autograders.judge.statistics import Interval, running_interval
from autograders.judge.track import Call, Compare, OverTheBar, Pair, Repeats, Track, Wire, calibrated

LEAST_BAR = 1.2
LEAST_SECONDS = 0.02
MOST_PAIRS = 24
WARM_UPS, ENOUGH = 2, 1.3
# Jails are replaced after so many pairs: two equal ones may differ for as long as they live, by the chance
# of where their memory lies, and only others show it.
PAIRS_A_TRACK = 4
# The scatter of one pair's log-ratio: of equal work it is 0.01 to 0.04, of unlike work on a busy host up to 0.2.
LEAST_SCATTER = 0.03
FEW_SCATTER = 0.25
# Nothing that two jails differ by makes one so many times dearer: then one pair of them is enough to fail.
BEYOND_DOUBT = 2.0
CHEAP_SECONDS = 1.0
SAFETY = 1.3


@dataclass
class Race:
    """What `race(...)` gives: state the bar and it runs."""

    channel: Channel
    name: str
    draw: Callable[[], Call]
    compare: Compare
    record: dict[str, Any]
    hidden: bool
    cpu_s: float
    pairs: list[Pair] = field(default_factory=list, init=False)
    tracks: int = field(default=0, init=False)
    wire: Wire | None = field(default=None, init=False)
    wire_error: float = field(default=0.0, init=False)

    def at_most(self, bar: float) -> None:
        """Fail where the solution costs more than `bar` times the reference; undecided passes and says so."""
        if not LEAST_BAR <= bar < math.inf:
            raise GraderError(f"a bar of {bar} is within the noise: use {LEAST_BAR} or more, better 1.5")
        try:
            while not self._decided(bar) and self._may_go_on():
                self._run_track(bar)
        except SolutionStopped as stop:
            self._tell(bar)
            raise OverTheBar(f"{stop}; the bar is {bar:g} times the reference's cost") from None
        self._tell(bar)
        interval = self._interval()
        if self._decided(bar) and interval.value > bar:
            raise OverTheBar(
                f"costs {interval.value:.2f} times the reference (99 % interval {interval.low:.2f} to "
                f"{interval.high:.2f}); at most {bar:g} times is asked for"
            )

    def _run_track(self, bar: float) -> None:
        """A few pairs in fresh jails; those before them are not counted: they pay for what comes once."""
        self.wire = self.wire or calibrated(self.channel, self.name, self.draw())
        with Track(self.channel, self.name, self.compare, "race", self.hidden, wire=self.wire) as track:
            self.tracks += 1
            pair = track.run(self.draw)
            repeats = self._warmed_up(track, pair, bar)
            if not self._fits(track, pair, repeats):
                # A call so dear that the jail's CPU limit leaves no room for another: then the first counts.
                self._note(track, pair, Repeats())
                return
            for _ in range(PAIRS_A_TRACK):
                pair = track.run(self.draw, repeats)
                self._note(track, pair, repeats)
                if self._decided(bar) or not (self._may_go_on() and self._fits(track, pair, repeats)):
                    return

    def _warmed_up(self, track: Track, first: Pair, bar: float) -> Repeats:
        """How often to call each side, after pairs that are not counted.

        A first call may take many times as long as those after it, and a run that is larger than those before
        pays for more memory.
        """
        repeats = track.repeats(first, LEAST_SECONDS, bar)
        for _ in range(WARM_UPS if repeats.solution > 1 else 0):
            better = track.repeats(track.run(self.draw, repeats), LEAST_SECONDS, bar)
            if better.solution <= ENOUGH * repeats.solution:
                break
            repeats = better
        else:
            if repeats.solution > 1:
                track.run(self.draw, repeats)
        return repeats

    def _fits(self, track: Track, pair: Pair, repeats: Repeats) -> bool:
        """Whether one pair more stays within the CPU limit of the jail: measuring must not run a solution into it."""
        used, _ = track.clocks()
        return used + SAFETY * repeats.solution * pair.solution_s < self.cpu_s

    def _note(self, track: Track, pair: Pair, repeats: Repeats) -> None:
        """Keep a reading, and by how much it may be off for what the wire was taken to cost: the worst so far."""
        self.pairs.append(pair)
        mine = track.wire.error(repeats.solution) / pair.solution_s
        theirs = track.wire.error(repeats.reference) / pair.reference_s
        self.wire_error = max(self.wire_error, abs(mine - theirs))

    def _may_go_on(self) -> bool:
        return len(self.pairs) < MOST_PAIRS and self._used_s() < self.cpu_s

    def _used_s(self) -> float:
        return sum(pair.solution_s * pair.calls for pair in self.pairs)

    def _interval(self) -> Interval:
        logs = [pair.log_ratio for pair in self.pairs]
        found = running_interval(logs, least=LEAST_SCATTER, few=FEW_SCATTER)
        return found.widened(self.wire_error).exponential()

    def _decided(self, bar: float) -> bool:
        if not self.pairs:
            return False
        interval = self._interval()
        if interval.high < bar:
            # Where that costs little, a few pairs more than a verdict needs, for figures that tell something.
            return len(self.pairs) >= PAIRS_A_TRACK or self._used_s() > CHEAP_SECONDS
        return interval.low > bar * (1.0 if self.tracks > 1 else BEYOND_DOUBT)

    def _tell(self, bar: float) -> None:
        self.record.update(kind="race", bar=bar, pairs=len(self.pairs), decided=self._decided(bar))
        if not self.pairs:
            return
        interval = self._interval()
        self.record.update(
            ratio=interval.value,
            low=interval.low,
            high=interval.high,
            ratios=[math.exp(pair.log_ratio) for pair in self.pairs],
            calls=sum(pair.calls for pair in self.pairs),
            jails=self.tracks,
            solution_s=statistics.median(pair.solution_s for pair in self.pairs),
            reference_s=statistics.median(pair.reference_s for pair in self.pairs),
            solution_wall_s=statistics.median(pair.solution_wall_s for pair in self.pairs),
            reference_wall_s=statistics.median(pair.reference_wall_s for pair in self.pairs),
        )
