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

from autograders.judge.channel import Channel, unwrap
from autograders.judge.comparisons import assert_close
from autograders.judge.proxies import Jail, ReferenceFailed, SolutionError, SolutionStopped
from autograders.wire import WireError, encode

Call = tuple[Any, ...]
Compare = Callable[[Any, Any], None]
MOST_REPEATS = 512
MOST_BYTES = 64 << 20
TINY_SECONDS = 1e-6
ALIKE = 1.3
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
    wire: Wire = field(default_factory=Wire)
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
        mine, theirs = calls[: repeats.solution], calls
        marks = [self.clocks()]
        self._stage(self.solution, mine)
        self._stage(self.reference, theirs)
        marks.append(self.clocks())
        walls = self._run_both()
        marks.append(self.clocks())
        fetched = [fetch(jail, len(mine)) for jail in (self.solution, self.reference)]
        for answers in zip(*fetched, strict=True):
            self.compare(*map(opened, answers))
        marks.append(self.clocks())
        return self._pair(marks, walls, Repeats(len(mine), len(theirs)))

    def repeats(self, pair: Pair, least_s: float, bar: float = math.inf) -> Repeats:
        """How many calls of each side make them last `least_s` CPU seconds and end together, as far as that matters.

        Of one that is far over its bar one call is enough, and the reference need not fill all its time.
        """
        most = max(1, min(MOST_REPEATS, MOST_BYTES // max(1, self.sent_bytes)))
        if 1 / ALIKE < pair.solution_s / pair.reference_s < ALIKE:
            # As many calls on both sides: then also their memory has been through the same.
            both = max(1, min(most, round(least_s / min(pair.solution_s, pair.reference_s))))
            return Repeats(both, both)
        lasting = max(least_s, pair.solution_s, pair.reference_s)
        solution = max(1, min(most, round(lasting / pair.solution_s)))
        matched = min(lasting / pair.reference_s, max(2.0 * bar * solution, least_s / pair.reference_s))
        reference = max(1, min(most, round(matched)))
        return Repeats(min(solution, reference), reference)

    def clocks(self) -> tuple[float, float]:
        """CPU seconds that solution and reference have used so far."""
        solution, reference = clocks(self.channel, self.solution, self.reference)
        return solution, reference

    def _stage(self, jail: Jail, calls: Sequence[Call]) -> None:
        self.sent_bytes = stage(jail, calls)

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


def calibrated(channel: Channel, name: str, call: Call) -> Wire:
    """What the wire costs: runs without calls, and calls that give back what they were given, an answer of `name`.

    In a jail of the reference's own: what a learner's process says of itself is no measure of anything,
    and the two that are compared must have been through the same.
    """
    jail = Jail(channel, "wire-reference", "reference", pinned=True)
    jail.open()
    try:
        stage(jail, [call])
        jail.ask({"op": "run", "handle": None, "target": name})
        (encoded,) = fetch(jail, 1)
        answer = opened(encoded)
        many = max(1, min(64, MOST_BYTES // (8 * len(encoded))))
        empty = [_empty_run(channel, jail, []) for _ in range(EMPTY_RUNS + 1)][1:]
        full = [_empty_run(channel, jail, [(answer,)] * many) for _ in range(EMPTY_RUNS + 1)][1:]
    except WireError:
        return Wire()  # its answer is an object that stays there: hardly anything crosses the wire
    except SolutionError as error:
        raise ReferenceFailed(f"the reference raised {error.kind}: {error}") from None
    finally:
        jail.close()
    each = [max(0.0, cost - statistics.mean(empty)) / many for cost in full]
    root = math.sqrt(EMPTY_RUNS)
    errors = (statistics.stdev(costs) / root for costs in (empty, each))
    return Wire(statistics.mean(empty), statistics.mean(each), *errors)


def _empty_run(channel: Channel, jail: Jail, calls: Sequence[Call]) -> float:
    stage(jail, calls)
    (before,) = clocks(channel, jail)
    jail.ask({"op": "run", "handle": None, "target": None})
    (after,) = clocks(channel, jail)
    if calls:
        fetch(jail, len(calls))
    return after - before


def stage(jail: Jail, calls: Sequence[Call]) -> int:
    """Send the arguments of calls to come; gives the bytes that each took."""
    frame = encode({"op": "stage", "calls": [list(arguments) for arguments in calls]}).to_bytes()
    jail.settle(unwrap(jail.channel.request("ask", jail=jail.name, frame=frame)))
    return len(frame) // max(1, len(calls))


def fetch(jail: Jail, count: int) -> list[bytes]:
    """The answers of a run as they were encoded, several in one frame."""
    answers: list[bytes] = []
    while len(answers) < count:
        packed = jail.ask({"op": "fetch", "first": len(answers)})
        if not isinstance(packed, list) or not packed or not all(isinstance(each, bytes) for each in packed):
            raise SolutionStopped(UNREADABLE)
        answers += packed
    return answers[:count]


def clocks(channel: Channel, *jails: Jail) -> list[float]:
    """CPU seconds that each jail has used so far, read from outside."""
    answer = channel.request("clocks", jails=[jail.name for jail in jails])
    return [float(each) for each in answer["cpu_s"]]


def opened(answer: bytes) -> Any:
    """The value of one fetched answer."""
    value = unwrap({"reply": answer})
    if not isinstance(value, dict) or set(value) != {"value"}:
        raise SolutionStopped(UNREADABLE)
    return value["value"]
