"""Zygotes kept warm, one a kind of jail: started when first needed, replaced when worn out or suspect."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from autograders.sandbox.client import ZygoteClient
from autograders.sandbox.limits import JailSpec, Side

# Each holds an environment in memory: 30 MB with numpy, 300 MB with torch.
MOST_WARM = 8


class Kind(NamedTuple):
    """What all jails of one zygote have in common."""

    environment: str
    side: Side
    withheld: tuple[str, ...]

    @classmethod
    def of(cls, spec: JailSpec) -> Kind:
        """The kind of zygote that can fork this jail."""
        return cls(spec.environment, "learner" if spec.beside else spec.side, spec.withheld)


class Warm(Protocol):
    """A zygote in whatever holds it: a process of this host, or a container."""

    client: ZygoteClient

    def close(self) -> None:
        """End it and with it its jails."""


@dataclass
class Pool:
    """Warm zygotes by kind. Safe for threads: two kinds start at the same time, one kind once."""

    start: Callable[[Kind], Warm]
    jails_each: int
    warm: dict[Kind, Warm] = field(default_factory=dict)
    retired: list[Warm] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    starting: dict[Kind, threading.Lock] = field(default_factory=dict)

    def get(self, kind: Kind) -> Warm:
        """A zygote of that kind that can be used; raises what `start` raises."""
        with self.lock:
            only_one = self.starting.setdefault(kind, threading.Lock())
        with only_one:
            with self.lock:
                warm = self.warm.get(kind)
                if warm and not self._worn_out(warm):
                    self.warm[kind] = self.warm.pop(kind)  # the last used stands last
                    return warm
                if warm:
                    self.retired.append(self.warm.pop(kind))
            made = self.start(kind)
            with self.lock:
                self.warm[kind] = made
                self._make_room()
                done = self._take_idle()
        for old in done:
            old.close()
        return made

    def close(self) -> None:
        """End all of them."""
        with self.lock:
            everything = [*self.warm.values(), *self.retired]
            self.warm.clear()
            self.retired.clear()
        for warm in everything:
            warm.close()

    def _worn_out(self, warm: Warm) -> bool:
        client = warm.client
        return not client.alive or client.suspect or client.spawned >= self.jails_each

    def _make_room(self) -> None:
        idle = [kind for kind, warm in self.warm.items() if warm.client.living == 0]
        for kind in idle[: max(0, len(self.warm) - MOST_WARM)]:
            self.retired.append(self.warm.pop(kind))

    def _take_idle(self) -> list[Warm]:
        """Retired ones whose jails have all ended: whoever still uses one is not disturbed."""
        done = [warm for warm in self.retired if not warm.client.alive or warm.client.living == 0]
        self.retired = [warm for warm in self.retired if warm not in done]
        return done
