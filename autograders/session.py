"""One grading run between its judge and the jails: carries out what the judge asks, under the limits.

The engine never decodes what a learner's jail says: answers travel to the judge as they came and
are decoded there, in a jail of the judge's own.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograders.lanes import Lane, Priority
from autograders.problem import SERVER
from autograders.sandbox import Jail, JailLimits, JailSpec, JailStopped, Sandbox, SandboxFault
from autograders.sandbox.cores import host_cores
from autograders.sandbox.environments import load_environments
from autograders.sandbox.jail import complete
from autograders.sandbox.limits import MOST_TURNS
from autograders.serving import JUDGE_FILES, Services
from autograders.wire import Frame, WireError, WireLimits, decode, encode

JUDGE_LIMITS = JailLimits(cpu_s=600, wall_s=1_800, memory_mb=4_096, output_kb=256, scratch_mb=64, files=128)
# The reference is ours: it gets room to spare, so that a learner's limits never break the grader.
REFERENCE_FACTOR = 10
# A submission that crosses one of these while it is imported will cross it in every check: once is enough.
FINAL_LIMITS = ("cpu", "wall", "output")
# A jail that keeps so much of its memory from one check to the next gives way to a fresh one.
MOST_KEPT = 0.25
# A jail that others kept from its core for so much of its time limit was stopped by the host, not by its code.
STARVED = 0.5
JUDGE_WIRE = WireLimits(body_bytes=600 << 20)


class JudgeFault(Exception):
    """The judge itself failed or said something that it may not: the run is broken."""


@dataclass
class Held:
    """An open jail, whose code is in it and what for; and what of its use was counted already."""

    jail: Jail
    side: str
    hidden: bool
    pinned: bool
    counted_cpu_s: float = 0.0
    counted_wall_s: float = 0.0
    idle_at_cpu_s: float = 0.0

    @property
    def cpu_s(self) -> float:
        """CPU seconds since it was last counted."""
        return self.jail.last.cpu_s - self.counted_cpu_s

    def rest(self) -> None:
        """From here on nobody asks it for anything: what it computes now, it does unasked."""
        self.idle_at_cpu_s = self.jail.usage().cpu_s

    @property
    def unasked_cpu_s(self) -> float:
        """CPU seconds since it was to rest."""
        return self.jail.usage().cpu_s - self.idle_at_cpu_s


@dataclass
class Spent:
    """What jails of the submission have used together: seconds, and the highest peak of any in KB."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_kb: int = 0

    def add(self, held: Held) -> None:
        """Count what a jail has used since it was last counted."""
        self.cpu_s += held.cpu_s
        self.wall_s += held.jail.waited_wall_s - held.counted_wall_s
        self.peak_kb = max(self.peak_kb, held.jail.last.peak_kb)
        held.counted_cpu_s, held.counted_wall_s = held.jail.last.cpu_s, held.jail.waited_wall_s

    def together(self, other: Spent) -> Spent:
        """Both as one."""
        return Spent(self.cpu_s + other.cpu_s, self.wall_s + other.wall_s, max(self.peak_kb, other.peak_kb))

    def as_dict(self) -> dict[str, float]:
        """As the report carries it: seconds and MB."""
        return {
            "cpu_s": round(self.cpu_s, 4),
            "wall_s": round(self.wall_s, 4),
            "peak_mb": round(self.peak_kb / 1024, 1),
        }


class Session:
    """Opens and ends the jails of one run and answers its judge. Close it whatever happens."""

    def __init__(
        self,
        sandbox: Sandbox,
        environment: str,
        limits: JailLimits,
        files: Mapping[str, Mapping[str, bytes]],
        rules: Mapping[str, Sequence[str]],
        priority: Priority = "interactive",
        *,
        serves: bool = False,
    ) -> None:
        self.sandbox, self.environment, self.limits, self.files = sandbox, environment, limits, files
        self.rules = rules
        known = load_environments().get(environment)
        forbidden, allowed = rules.get("forbidden_imports", ()), rules.get("allowed_imports", ())
        # What a learner may not import is not even in the jail, where the rest can do without it.
        self.withheld = known.withheld(forbidden, allowed) if known else ()
        self.alike = not self.withheld
        self.held: dict[str, Held] = {}
        self.loaded_kb: dict[str, int] = {}
        self.cores, self.priority = host_cores(), priority
        self.lane = Lane(self.cores.timed, priority)
        self.told_wait_s = 0.0
        # Apart, since a learner is shown what visible checks used, and stopped by it; of hidden ones nothing.
        self.spent = {False: Spent(), True: Spent()}
        self.printed = bytearray()
        self.judge: Jail | None = None
        self.services = Services() if serves else None
        self.unloadable: JailStopped | None = None
        self.operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "open": self._open,
            "turn": self._turn,
            "ask": self._ask,
            "pair": self._pair,
            "clocks": self._clocks,
            "memory": self._memory,
            "close": self._close_jail,
            "serve": self._serve,
            "connect": self._connect,
            "watch": self._watch,
        }

    def run(self, orders: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Start the judge and answer it until it is done; yields what it tells of its checks.

        Raises JudgeFault or SandboxFault where the run is broken.
        """
        if self.cores.shared:
            # Nothing else is graded on the core of a timed check: where there is one, runs take turns on it.
            self.lane.enter()
        spec = JailSpec(self.environment, "trusted", "judge", JUDGE_LIMITS)
        if self.services:
            limits = dataclasses.replace(JUDGE_LIMITS, files=JUDGE_FILES)
            spec = dataclasses.replace(spec, limits=limits, duty="receive", handed=(self.services.theirs.fileno(),))
        self.judge = self.sandbox.open(spec)
        message = orders
        while True:
            try:
                answer = self.judge.ask(encode(message, JUDGE_WIRE).chunks())
                request = decode(Frame.from_bytes(answer, JUDGE_WIRE, copy=False), JUDGE_WIRE, views=True)
            except JailStopped as stop:
                said = self.judge.output.decode(errors="replace")[-500:]
                raise JudgeFault(f"the grader was {stop}" + (f": {said}" if said else "")) from None
            except WireError as error:
                raise JudgeFault(f"the grader said something unreadable: {error}") from None
            if not isinstance(request, dict) or not isinstance(request.get("op"), str):
                raise JudgeFault("the grader said something that is not a request")
            operation = self.operations.get(request["op"])
            if operation is None:
                yield request
                if request["op"] == "done":
                    return
                if request["op"] == "finished":
                    self._give_way()
                message = {}
            else:
                message = self._carry_out(operation, request)

    def waited_s(self) -> float:
        """Seconds that were spent waiting for the timed core since this was last asked."""
        since, self.told_wait_s = self.lane.waited_s - self.told_wait_s, self.lane.waited_s
        return since

    def _give_way(self) -> None:
        """Where there is one core, let those have it between two checks who go before us; nothing of ours runs then."""
        if self.cores.shared and self.lane.outranked():
            for name in [name for name, held in self.held.items() if held.side == "solution"]:
                self._close_jail({"jail": name})
            self.lane.leave()
            self.lane.enter()

    def close(self) -> None:
        """End whatever is still open."""
        for name in list(self.held):
            # A zygote that died has taken its jails with it.
            with contextlib.suppress(SandboxFault):
                self._close_jail({"jail": name})
        self.lane.leave()
        if self.judge:
            with contextlib.suppress(SandboxFault):
                self.judge.close()
        if self.services:
            self.services.close()

    def _carry_out(
        self, operation: Callable[[dict[str, Any]], dict[str, Any]], request: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            return operation(request)
        except JailStopped as stop:
            self._blame_the_host(request.get("jail", ""))
            return {"stopped": [stop.limit, str(stop)]}
        except (KeyError, TypeError, ValueError) as error:
            raise JudgeFault(f"the grader made a malformed request {request['op']!r}: {error!r}") from error

    def _open(
        self, request: dict[str, Any], serving: Callable[[JailSpec], JailSpec] = lambda spec: spec
    ) -> dict[str, Any]:
        name, side = str(request["jail"]), str(request["side"])
        if name in self.held:
            self._close_jail({"jail": name})
        trusted = side == "reference"
        if not trusted:
            self._refuse_more(bool(request["hidden"]))
        core = self.lane.enter() if request["pinned"] else None
        for other in self.held.values():
            other.rest()
        jail = self.sandbox.open(serving(self._spec(trusted, core)))
        held = self.held[name] = Held(jail, side, bool(request["hidden"]), core is not None)
        try:
            reply = self._load(held)
        except JailStopped as stop:
            if not trusted and stop.limit in FINAL_LIMITS:
                self.unloadable = stop
            raise
        if trusted and held.pinned and self.alike and "error" in decode(Frame.from_bytes(reply)):
            # It needs what is not in the learner's jails: timed beside them from another zygote, then.
            self.alike = False
            return self._open(request, serving)
        return {"reply": reply}

    def _load(self, held: Held) -> bytearray:
        # The reference may use what a learner may not: it is the author's.
        rules = {} if held.side == "reference" else {key: list(names) for key, names in self.rules.items()}
        message = {"op": "load", "files": dict(self.files[held.side]), "rules": rules}
        return held.jail.ask(encode(message).chunks())

    def _spec(self, trusted: bool, core: int | None) -> JailSpec:
        if not trusted:
            return JailSpec(self.environment, "learner", "learner", self.limits, core, self.withheld)
        limits = dataclasses.replace(
            self.limits,
            cpu_s=self.limits.cpu_s * REFERENCE_FACTOR,
            wall_s=self.limits.wall_s * REFERENCE_FACTOR,
            memory_mb=self.limits.memory_mb * 2,
        )
        # Beside a solution it is timed in a fork of the same process: forks of two differ by some 5 % for as
        # long as these live, by where the libraries lie in memory.
        beside = core is not None and self.alike
        return JailSpec(self.environment, "trusted", "learner", limits, core, beside=beside)

    def _refuse_more(self, hidden: bool) -> None:
        """Raise JailStopped where a submission cannot be loaded at all, or has had its share of CPU time."""
        if self.unloadable:
            raise self.unloadable
        if self._used_up(hidden):
            raise JailStopped("run", self.limits)

    def _used_up(self, hidden: bool) -> bool:
        mine = [held for held in self.held.values() if held.side == "solution" and held.hidden == hidden]
        return self.spent[hidden].cpu_s + sum(held.cpu_s for held in mine) > self.limits.cpu_s * MOST_TURNS

    def _turn(self, request: dict[str, Any]) -> dict[str, Any]:
        """Begin the next check in a jail that is open; one that was stopped, or that keeps much memory, is closed."""
        name, hidden = request["jail"], bool(request["hidden"])
        held = self.held.get(name)
        # From hidden checks there is no way back: what they left in a jail must not come out of it.
        if held and held.jail.open and (hidden or not held.hidden):
            self._hear(held, held.jail.new_turn())
            held.idle_at_cpu_s = held.jail.turn_cpu_s
            if hidden and not held.hidden:
                self.spent[False].add(held)
                held.hidden = True
            kept_kb = held.jail.last.rss_kb - self.loaded_kb.setdefault(name, held.jail.last.rss_kb)
            # Where the share of CPU time is used up, it is the next opening that is refused, with its sentence.
            if kept_kb <= self.limits.memory_mb * 1024 * MOST_KEPT and not self._used_up(held.hidden):
                return {"open": True}
        self._close_jail({"jail": name})
        return {"open": False}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"reply": self.held[request["jail"]].jail.ask([request["frame"]])}

    def _pair(self, request: dict[str, Any]) -> dict[str, Any]:
        exchanges = [self.held[name].jail.begin([request["frame"]]) for name in request["jails"]]
        replies: list[dict[str, Any] | None]
        try:
            complete(exchanges)
        except JailStopped:
            for name in request["jails"]:
                self._blame_the_host(name)
            # The judge is told which side was stopped; what the other was doing no longer matters.
            replies = [_stopped(exchange.jail) for exchange in exchanges]
        else:
            replies = [{"reply": exchange.answer} for exchange in exchanges]
        return {"replies": replies, "wall_s": [exchange.wall_s for exchange in exchanges]}

    def _blame_the_host(self, name: str) -> None:
        """Raise SandboxFault where a jail was stopped at the time limit because the host had no core for it.

        What the submission's other jails computed meanwhile, unasked, is not the host's doing, and what
        the reference computed beside a timed one is as it should be.
        """
        held = self.held.get(name)
        stopped = held.jail.stopped if held else None
        if held is None or stopped is None or stopped.limit != "wall":
            return
        others = [
            other for other in self.held.values() if other is not held and (other.pinned or other.side == "solution")
        ]
        starved_s = stopped.waited_s - sum(other.unasked_cpu_s for other in others)
        if starved_s > STARVED * held.jail.limits.wall_s * (2 if held.pinned else 1):
            raise SandboxFault(f"the host was too busy: a jail waited {starved_s:.1f} s for a core")
        stopped.waited_s = 0.0  # that is settled, whatever is counted later

    def _clocks(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"cpu_s": [self.held[name].jail.usage().cpu_s for name in request["jails"]]}

    def _memory(self, request: dict[str, Any]) -> dict[str, Any]:
        jail = self.held[request["jail"]].jail
        usage = jail.usage()
        if request["reset"]:
            # A host that forbids it: what came before is then counted in, on both sides.
            with contextlib.suppress(SandboxFault):
                jail.reset_peak()
        return {"rss_kb": usage.rss_kb, "peak_kb": usage.peak_kb}

    def _close_jail(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["jail"]
        held = self.held.pop(name, None)
        self.loaded_kb.pop(name, None)
        if self.services:
            self.services.forget(name)
        if held:
            held.jail.close()
            if held.side == "solution":
                self.spent[held.hidden].add(held)
                self._hear(held, held.jail.output)
            if not self.cores.shared and not any(other.pinned for other in self.held.values()):
                self.lane.leave()
        return {}

    def _serve(self, request: dict[str, Any]) -> dict[str, Any]:
        """Open a jail that may accept connections; the judge is handed its end of the line to the dependencies."""
        services, name = self._housing(), str(request["jail"])
        if name in self.held:
            self._close_jail({"jail": name})
        handed = services.house(name)
        try:
            return self._open(request, lambda spec: services.spec(spec, handed))
        finally:
            for fd in handed:
                os.close(fd)

    def _connect(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"connected": self._housing().connect(str(request["jail"]), int(request["count"]))}

    def _watch(self, request: dict[str, Any]) -> dict[str, Any]:
        """CPU seconds of jails that work without being asked, or which of them was stopped."""
        used = []
        for name in request["jails"]:
            try:
                used.append(self.held[name].jail.watch().cpu_s)
            except JailStopped as stop:
                return {"stopped": [stop.limit, str(stop)], "jail": name}
        return {"cpu_s": used}

    def _housing(self) -> Services:
        if self.services is None:
            raise ValueError("problem.toml has no [service]")
        known = load_environments().get(self.environment)
        if known is None or not known.imports.keys() >= set(SERVER):
            raise JudgeFault(f"problem.toml: a [service] needs an environment with {', '.join(SERVER)}, as service has")
        return self.services

    def _hear(self, held: Held, printed: bytes | bytearray) -> None:
        """Keep what was printed, up to the limit; nothing of what was printed beside hidden inputs."""
        if held.side == "solution" and not held.hidden and len(self.printed) < self.limits.output_kb * 1024:
            self.printed += printed


def _stopped(jail: Jail) -> dict[str, Any] | None:
    return {"stopped": [jail.stopped.limit, str(jail.stopped)]} if jail.stopped else None
