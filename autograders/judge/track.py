"""Two jails, the solution's and the reference's, that make the same calls at the same time on one core.

The clock is the CPU time of the jail's whole process, read from outside: threads, a patched timer or
work done between calls gain nothing. Every timed answer is checked. What the wire itself costs is
measured by empty calls and taken off on both sides.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograders.judge.callbacks import GraderError
from autograders.judge.channel import Channel, unwrap
from autograders.judge.comparisons import assert_close
from autograders.judge.proxies import Jail, SolutionStopped
from autograders.wire import WireError, encode

Call = tuple[Any, ...]
Compare = Callable[[Any, Any], None]
MOST_REPEATS = 512
MOST_BYTES = 64 << 20
TINY_SECONDS = 1e-6
# A solution may spend so much more than the reference on taking arguments and giving answers.
WIRE_ROOM = 1.5
EMPTY_RUNS = 4
UNREADABLE = "stopped because its answer could not be read"


class OverTheBar(AssertionError):
    """A cost is over its bar."""


def default_compare(actual: Any, expected: Any) -> None:
    """Timed answers agree to a relative 1e-6."""
    assert_close(actual, expected, rtol=1e-6, atol=1e-9)


@dataclass(frozen=True)
class Wire:
    """What a run costs in CPU seconds without its calls, and a call without its work; with standard errors."""

    run_s: float = 0.0
    call_s: float = 0.0
    run_error_s: float = 0.0
    call_error_s: float = 0.0

    def of(self, calls: int) -> float:
        """What so many calls cost in one run, per call."""
        return self.call_s + self.run_s / calls

    def error(self, calls: int) -> float:
        """The standard error of that."""
        return math.hypot(self.call_error_s, self.run_error_s / calls)


@dataclass(frozen=True)
class Pair:
    """CPU and wall seconds per call of both sides, and how many calls each made."""

    solution_s: float
    reference_s: float
    calls: int
    reference_calls: int
    solution_wall_s: float = 0.0
    reference_wall_s: float = 0.0

    @property
    def log_ratio(self) -> float:
        """The logarithm of the solution's cost beside the reference's."""
        return math.log(self.solution_s / self.reference_s)


@dataclass(frozen=True)
class Repeats:
    """How many calls each side makes in one go, so that both last long enough, and about as long as each other."""

    solution: int = 1
    reference: int = 1


@dataclass
class Track:
    """One pair of jails; for timing both are pinned to the core that this host keeps for it."""

    channel: Channel
    name: str
    compare: Compare
    label: str
    hidden: bool
    pinned: bool = True
    solution: Jail = field(init=False)
    reference: Jail = field(init=False)
    wire: Wire = field(default_factory=Wire, init=False)
    sent_bytes: int = field(default=0, init=False)
    runs: int = field(default=0, init=False)

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

    def run(self, draw: Callable[[], Call], repeats: Repeats = Repeats()) -> Pair:
        """Make fresh calls on both sides at once and check every answer; the reference makes as many or more."""
        calls = [draw() for _ in range(max(repeats.solution, repeats.reference))]
        mine, theirs = calls[: repeats.solution], calls[: max(repeats.solution, repeats.reference)]
        marks = [self.clocks()]
        self._stage(self.solution, mine)
        self._stage(self.reference, theirs)
        marks.append(self.clocks())
        walls = self._run_both()
        marks.append(self.clocks())
        fetched = [self.fetch(jail, len(mine)) for jail in (self.solution, self.reference)]
        for answers in zip(*fetched, strict=True):
            self.compare(*map(opened, answers))
        marks.append(self.clocks())
        return self._pair(marks, walls, Repeats(len(mine), len(theirs)))

    def repeats(self, pair: Pair, least_s: float, bar: float = math.inf) -> Repeats:
        """How many calls of each side make them last `least_s` CPU seconds and end together, as far as that matters.

        Of one that is far over its bar one call is enough, and the reference need not fill all its time.
        """
        lasting = max(least_s, pair.solution_s, pair.reference_s)
        most = max(1, min(MOST_REPEATS, MOST_BYTES // max(1, self.sent_bytes)))
        solution = max(1, min(most, round(lasting / pair.solution_s)))
        matched = min(lasting / pair.reference_s, max(2.0 * bar * solution, least_s / pair.reference_s))
        reference = max(1, min(most, round(matched)))
        return Repeats(min(solution, reference), reference)

    def calibrate(self, draw: Callable[[], Call]) -> None:
        """Measure what the wire costs, by runs without calls and by calls that give back what they were given.

        In the reference's jail alone: what a learner's process says of itself is no measure of anything.
        """
        self._stage(self.reference, [draw()])
        self._ask_for_run(self.reference, self.name)
        answer = opened(self.fetch(self.reference, 1)[0])
        many = max(1, min(64, MOST_BYTES // (8 * max(1, self.sent_bytes))))
        try:
            empty = [self._empty_run([]) for _ in range(EMPTY_RUNS + 1)][1:]
            full = [self._empty_run([(answer,)] * many) for _ in range(EMPTY_RUNS + 1)][1:]
        except (WireError, GraderError):
            return  # its answer is an object that stays there: hardly anything crosses the wire
        each = [max(0.0, cost - statistics.mean(empty)) / many for cost in full]
        root = math.sqrt(EMPTY_RUNS)
        self.wire = Wire(
            statistics.mean(empty), statistics.mean(each), statistics.stdev(empty) / root, statistics.stdev(each) / root
        )

    def clocks(self) -> tuple[float, float]:
        """CPU seconds that solution and reference have used so far."""
        answer = self.channel.request("clocks", jails=[self.solution.name, self.reference.name])
        return float(answer["cpu_s"][0]), float(answer["cpu_s"][1])

    def _empty_run(self, calls: Sequence[Call]) -> float:
        self._stage(self.reference, calls)
        before = self.clocks()[1]
        self._ask_for_run(self.reference, None)
        return self.clocks()[1] - before

    def _stage(self, jail: Jail, calls: Sequence[Call]) -> None:
        frame = encode({"op": "stage", "calls": [list(arguments) for arguments in calls]}).to_bytes()
        if calls:
            self.sent_bytes = len(frame) // len(calls)
        jail.settle(unwrap(self.channel.request("ask", jail=jail.name, frame=frame)))

    def _ask_for_run(self, jail: Jail, target: str | None) -> None:
        jail.ask({"op": "run", "handle": None, "target": target})

    def _run_both(self) -> tuple[float, float]:
        """Let both make their calls at once, each of them first in turn; gives wall seconds of each."""
        jails = [self.solution, self.reference]
        turned = self.runs % 2 == 1
        self.runs += 1
        order = jails[::-1] if turned else jails
        frame = encode({"op": "run", "handle": None, "target": self.name}).to_bytes()
        answer = self.channel.request("pair", jails=[jail.name for jail in order], frame=frame)
        replies, walls = answer["replies"], answer["wall_s"]
        for jail, reply in sorted(zip(order, replies, strict=True), key=lambda both: both[0] is self.reference):
            if reply is not None:
                jail.settle(unwrap(reply))
        return (walls[1], walls[0]) if turned else (walls[0], walls[1])

    def fetch(self, jail: Jail, count: int) -> list[bytes]:
        """The first answers of a run as they were encoded, several in one frame."""
        answers: list[bytes] = []
        while len(answers) < count:
            packed = jail.ask({"op": "fetch", "first": len(answers)})
            if not isinstance(packed, list) or not packed or not all(isinstance(each, bytes) for each in packed):
                raise SolutionStopped(UNREADABLE)
            answers += packed
        return answers[:count]

    def _pair(self, marks: Sequence[tuple[float, float]], walls: tuple[float, float], made: Repeats) -> Pair:
        """What the calls themselves cost, and on the learner's side what was done beside them.

        Taking arguments and giving answers costs both sides the same. A solution that spends more
        than that there, as one that starts threads or prepares answers when its arguments come, is
        charged for it; the half above is room for noise.
        """
        (s0, r0), (s1, r1), (s2, r2), (s3, r3) = marks
        allowed = WIRE_ROOM * ((r1 - r0) + (r3 - r2)) * made.solution / made.reference + 2 * self.wire.run_s
        beside = max(0.0, (s1 - s0) + (s3 - s2) - allowed)
        solution = (s2 - s1 + beside) / made.solution - self.wire.of(made.solution)
        reference = (r2 - r1) / made.reference - self.wire.of(made.reference)
        return Pair(
            max(TINY_SECONDS, solution),
            max(TINY_SECONDS, reference),
            made.solution,
            made.reference,
            walls[0] / made.solution,
            walls[1] / made.reference,
        )


def opened(answer: bytes) -> Any:
    """The value of one fetched answer."""
    value = unwrap({"reply": answer})
    if not isinstance(value, dict) or set(value) != {"value"}:
        raise SolutionStopped(UNREADABLE)
    return value["value"]
