"""Waiting for sockets and for points in time, precise to well below a millisecond, in one thread.

An event loop of our own, since it must do little and on time: `select` takes its timeout in
microseconds where epoll rounds up to the next millisecond, which would be seen in every figure.
"""

from __future__ import annotations

import heapq
import itertools
import select
import time
from collections.abc import Callable

Action = Callable[[], None]
LONGEST_WAIT = 0.5
# A core that sleeps wakes late: so long before a time that has been set it is kept awake.
AWAKE_SECONDS = 0.0003


class Reactor:
    """Runs an action when a descriptor is ready or a time (of `time.monotonic`) has come."""

    def __init__(self) -> None:
        self.readers: dict[int, Action] = {}
        self.writers: dict[int, Action] = {}
        self._timers: list[tuple[float, int, Action]] = []
        self._order = itertools.count()

    def at(self, when: float, action: Action) -> None:
        """Run an action once, as soon after that time as can be."""
        heapq.heappush(self._timers, (when, next(self._order), action))

    def forget(self, fd: int) -> None:
        """Wait for a descriptor no more."""
        self.readers.pop(fd, None)
        self.writers.pop(fd, None)

    def run(self, done: Callable[[], bool], until: float = float("inf")) -> bool:
        """Run actions until `done` says so, or a time has come: then False. What an action raises ends the run."""
        while not done():
            now = self._fire()
            if now >= until:
                return done()
            if done():
                break
            wake = min(until, self._timers[0][0] if self._timers else until)
            wait = min(max(0.0, wake - now - AWAKE_SECONDS), LONGEST_WAIT)
            readable, writable, _ = select.select(list(self.readers), list(self.writers), (), wait)
            for fd, actions in [(fd, self.readers) for fd in readable] + [(fd, self.writers) for fd in writable]:
                # Many answers may have come at once: what is due meanwhile does not wait for all of them.
                if self._timers and self._timers[0][0] <= time.monotonic():
                    self._fire()
                if action := actions.get(fd):
                    action()
        return True

    def _fire(self) -> float:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()
            now = time.monotonic()
        return now
