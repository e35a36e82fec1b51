"""The supervisor's side of a jail: exchanges of frames under a watch on time, CPU, memory and output."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from autograders.sandbox.limits import LOCKED_DOWN, JailSpec, JailStopped, LimitName, SandboxFault
from autograders.wire.frames import PREFIX, parse_prefix
from autograders.wire.limits import DEFAULT, WireError, WireLimits

Buffer = bytes | bytearray | memoryview
POLL_MS = 25
CHUNK = 1 << 20


@dataclass(frozen=True)
class Usage:
    """What a jail has used so far, read from outside it: seconds and KB."""

    cpu_s: float
    rss_kb: int
    peak_kb: int
    waited_s: float
    scratch_kb: int = 0
    out_of_memory: bool = False
    crowded_out: bool = False


class Keeper(Protocol):
    """Who made the jail and can measure and end it: the client of a zygote."""

    def usage(self, number: int) -> Usage:
        """What the jail has used so far."""

    def reset_peak(self, number: int) -> None:
        """Let the jail's peak memory start again from now."""

    def end(self, number: int) -> tuple[int, Usage]:
        """Kill and reap; gives the wait status and the last usage."""


@dataclass
class Exchange:
    """One frame on its way to a jail and the answer on its way back."""

    jail: Jail
    outgoing: list[memoryview]
    answer: bytearray = field(default_factory=bytearray)
    received: int = 0
    length: int = 0
    done: bool = False
    wall_s: float = 0.0
    sharing: int = 1


class Jail:
    """A locked-down process that answers frames. Limits hold for a turn of it; crossing one ends it.

    A jail begins with a turn; `new_turn` starts the counting anew, as for the next check.
    """

    def __init__(self, keeper: Keeper, number: int, rpc: socket.socket, out: int, spec: JailSpec) -> None:
        self.keeper, self.number, self.rpc, self.out, self.limits = keeper, number, rpc, out, spec.limits
        self.output = bytearray()
        self.waited_wall_s = self.charged_wall_s = 0.0
        self.turn_cpu_s = self.turn_wall_s = self.turn_waited_s = 0.0
        self.last = Usage(0.0, 0, 0, 0.0)
        self.open = True
        self.locked_down = False
        self.stopped: JailStopped | None = None
        rpc.setblocking(False)
        os.set_blocking(out, False)

    def ask(self, chunks: Sequence[Buffer]) -> bytearray:
        """Send one frame and wait for the answer; raises JailStopped where a limit is crossed."""
        exchange = self.begin(chunks)
        complete([exchange])
        return exchange.answer

    def begin(self, chunks: Sequence[Buffer]) -> Exchange:
        """Start an exchange; `complete` carries it through, several at once."""
        if self.stopped:
            raise self.stopped
        if not self.open:
            raise SandboxFault("the jail is closed")
        return Exchange(self, [memoryview(chunk).cast("B") for chunk in chunks if memoryview(chunk).nbytes])

    def new_turn(self) -> bytes:
        """Start counting CPU, wall time and output anew; gives what was printed in the turn that ends."""
        self.drain()
        printed, self.output = bytes(self.output), bytearray()
        self.turn_cpu_s, self.turn_wall_s = self.usage().cpu_s, self.charged_wall_s
        self.turn_waited_s = self.last.waited_s
        return printed

    def usage(self) -> Usage:
        """CPU and memory used so far, read from outside."""
        if self.open:
            self.last = self.keeper.usage(self.number)
        return self.last

    def reset_peak(self) -> None:
        """Let peak memory start again from what is used now."""
        self.keeper.reset_peak(self.number)

    def close(self) -> int:
        """End the jail; nothing of it is left. Gives its wait status, 0 where it was closed before."""
        if not self.open:
            return 0
        self.open = False
        try:
            # Ended before its socket is closed: a jail that leaves by itself can no longer be measured.
            status, self.last = self.keeper.end(self.number)
            self.drain()
        finally:
            self.rpc.close()
            os.close(self.out)
        return status

    def drain(self) -> None:
        """Take what the jail has printed, up to its limit and one byte more."""
        most = self.limits.output_kb * 1024 + 1
        while len(self.output) < most:
            try:
                data = os.read(self.out, most - len(self.output))
            except BlockingIOError:
                return
            if not data:
                return
            self.output += data

    def stop(self, limit: LimitName, reason: str = "") -> JailStopped:
        """End the jail for crossing a limit; gives the error to raise."""
        self.close()
        self.stopped = JailStopped(limit, self.limits, reason)
        return self.stopped

    def outstay(self) -> JailStopped:
        """End the jail for crossing the wall limit, unless it has crossed another; says for how long it had no core."""
        self.check_limits()
        waited_s = max(0.0, self.last.waited_s - self.turn_waited_s)
        stopped = self.stop("wall")
        stopped.waited_s = waited_s
        return stopped

    def check_limits(self) -> None:
        """Raise JailStopped where CPU or output is over its limit."""
        if self.usage().cpu_s - self.turn_cpu_s > self.limits.cpu_s:
            raise self.stop("cpu")
        if self.last.scratch_kb > self.limits.scratch_mb * 1024:
            raise self.stop("scratch")
        self.drain()
        if len(self.output) > self.limits.output_kb * 1024:
            raise self.stop("output")

    def watch(self) -> Usage:
        """Look after a jail that works without being asked: raises JailStopped where it crossed a limit or ended."""
        if self.stopped:
            raise self.stopped
        self.check_limits()
        try:
            gone = self.rpc.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            gone = False
        except ConnectionError:
            gone = True
        if gone:
            raise self.ended()
        return self.last

    def ended(self) -> JailStopped:
        """The jail closed its socket: find out why and name it."""
        status = self.close()
        code = os.waitstatus_to_exitcode(status)
        limit: LimitName
        if self.last.cpu_s - self.turn_cpu_s > self.limits.cpu_s or code == -signal.SIGXCPU:
            limit, reason = "cpu", ""
        elif self.last.crowded_out:
            raise SandboxFault("the container ran out of memory, and this jail was not the one that used it")
        elif self.last.out_of_memory:
            limit, reason = "memory", ""
        elif len(self.output) > self.limits.output_kb * 1024:
            limit, reason = "output", ""
        elif not self.locked_down:
            raise SandboxFault(f"the jail could not be locked down: {self.output.decode(errors='replace')[:500]}")
        else:
            limit, reason = "died", _how_it_ended(code)
        self.stopped = JailStopped(limit, self.limits, reason)
        return self.stopped


def complete(exchanges: Sequence[Exchange], limits: WireLimits = DEFAULT) -> None:
    """Carry several exchanges through at once; raises JailStopped for the first jail that is stopped.

    Jails that are asked at once share a core, so of the time that passes each is charged its part.
    """
    started = time.monotonic()
    last_check = started
    for exchange in exchanges:
        exchange.sharing = len(exchanges)
    while waiting := [exchange for exchange in exchanges if not exchange.done]:
        _step(waiting, started, limits)
        now = time.monotonic()
        for exchange in waiting:
            jail, part = exchange.jail, (now - started) / exchange.sharing
            if not exchange.done and jail.charged_wall_s - jail.turn_wall_s + part > jail.limits.wall_s:
                raise jail.outstay()
            if not exchange.done and now - last_check > POLL_MS / 1000:
                jail.check_limits()
        if now - last_check > POLL_MS / 1000:
            last_check = now


def _step(waiting: Sequence[Exchange], started: float, limits: WireLimits) -> None:
    poller = select.poll()
    by_fd: dict[int, Exchange] = {}
    for exchange in waiting:
        wanted = select.POLLIN | (select.POLLOUT if exchange.outgoing else 0)
        poller.register(exchange.jail.rpc, wanted)
        by_fd[exchange.jail.rpc.fileno()] = exchange
        poller.register(exchange.jail.out, select.POLLIN)
        by_fd[exchange.jail.out] = exchange
    for fd, event in poller.poll(POLL_MS):
        exchange = by_fd[fd]
        if fd == exchange.jail.out:
            _hear(exchange, event)
        else:
            _progress(exchange, event, limits)
        if exchange.done:
            exchange.wall_s = time.monotonic() - started
            exchange.jail.waited_wall_s += exchange.wall_s
            exchange.jail.charged_wall_s += exchange.wall_s / exchange.sharing


def _hear(exchange: Exchange, event: int) -> None:
    jail = exchange.jail
    jail.drain()
    if len(jail.output) > jail.limits.output_kb * 1024:
        raise jail.stop("output")
    if event & select.POLLHUP and not event & select.POLLIN:
        # It closed its output. The wire tells the rest; do not spin on a dead descriptor.
        time.sleep(0.001)


def _progress(exchange: Exchange, event: int, limits: WireLimits) -> None:
    try:
        if event & select.POLLOUT and exchange.outgoing:
            _send(exchange)
        if event & (select.POLLIN | select.POLLHUP | select.POLLERR) and not _receive(exchange, limits):
            raise exchange.jail.ended()
    except (ConnectionError, BrokenPipeError):
        raise exchange.jail.ended() from None
    except WireError as error:
        raise exchange.jail.stop("protocol", str(error)) from None


def _send(exchange: Exchange) -> None:
    sent = exchange.jail.rpc.send(exchange.outgoing[0][:CHUNK])
    exchange.outgoing[0] = exchange.outgoing[0][sent:]
    if not exchange.outgoing[0]:
        exchange.outgoing.pop(0)


def _receive(exchange: Exchange, limits: WireLimits) -> bool:
    """Read what has come; False where the other side has closed."""
    if not exchange.jail.locked_down:
        # The first byte is the jail's own, sent before it has seen a byte of a learner's: an end
        # that comes without it is the sandbox's fault, and no learner can feign one.
        exchange.jail.locked_down = exchange.jail.rpc.recv(1) == LOCKED_DOWN
        return exchange.jail.locked_down
    if exchange.length == 0:
        data = exchange.jail.rpc.recv(PREFIX.size - len(exchange.answer))
        exchange.answer += data
        exchange.received = len(exchange.answer)
        if exchange.received == PREFIX.size:
            header, body = parse_prefix(exchange.answer, limits)
            exchange.length = PREFIX.size + header + body
            prefix, exchange.answer = exchange.answer, bytearray(exchange.length)
            exchange.answer[: PREFIX.size] = prefix
            exchange.done = exchange.received == exchange.length
        return bool(data)
    view = memoryview(exchange.answer)[exchange.received :]
    count = exchange.jail.rpc.recv_into(view[:CHUNK])
    exchange.received += count
    exchange.done = exchange.received == exchange.length
    return count > 0


def _how_it_ended(code: int) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        meaning = {"SIGKILL": "it closed the grader's connection", "SIGSEGV": "it crashed"}.get(name, "a signal")
        return f"{meaning}: {name}"
    return f"it called exit with status {code}"
