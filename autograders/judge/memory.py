"""`memory`: the peak memory of one call beyond its inputs and outputs, measured from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograders.judge.channel import Channel
from autograders.judge.proxies import Jail, SolutionStopped
from autograders.judge.track import Call, Compare, OverTheBar, Track, fetch, opened

COPIES_TO_SEND = 3  # the encoded result, the frame around it, the bytes on their way


@dataclass
class Memory:
    """What `memory(...)` gives: state the bar and it measures one call, in a jail beside one of the reference's."""

    channel: Channel
    name: str
    arguments: Call
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
                peak_mb, reference_mb = self._measure(track)
        except SolutionStopped as stop:
            self.record.update(kind="memory", bar_mb=bar)
            raise OverTheBar(str(stop)) from None
        self.record.update(kind="memory", peak_mb=peak_mb, reference_mb=reference_mb, bar_mb=bar)
        if peak_mb > bar:
            raise OverTheBar(f"needed {peak_mb:.0f} MB beyond its inputs and outputs; at most {bar:g} MB is asked for")

    def _measure(self, track: Track) -> tuple[float, float]:
        """Peak MB of the solution's call, and of the reference's."""
        stage = {"op": "stage", "calls": [list(self.arguments)]}
        run = {"op": "run", "handle": None, "target": self.name}
        for jail in (track.solution, track.reference):
            jail.ask(stage)
        staged, equal = self._marks(track.solution), self._marks(track.reference)
        called = []
        for jail in (track.solution, track.reference):
            jail.ask(run)
            called.append(self._marks(jail))
        answers = [fetch(jail, 1)[0] for jail in (track.solution, track.reference)]
        fetched = self._marks(track.solution)
        self.compare(*map(opened, answers))
        output_kb, equal_output_kb = (len(answer) / 1024 for answer in answers)
        resting_kb = min(staged["rss_kb"], equal["rss_kb"])
        before_kb = staged["peak_kb"] - equal["peak_kb"]
        call_kb = called[0]["peak_kb"] - resting_kb - output_kb
        after_kb = fetched["peak_kb"] - called[0]["rss_kb"] - COPIES_TO_SEND * output_kb
        reference_kb = called[1]["peak_kb"] - equal["rss_kb"] - equal_output_kb
        return max(0.0, before_kb, call_kb, after_kb) / 1024, max(0.0, reference_kb) / 1024

    def _marks(self, jail: Jail) -> dict[str, float]:
        """Memory in use and the peak since the last look, in KB; the peak starts again from here."""
        return self.channel.request("memory", jail=jail.name, reset=True)
