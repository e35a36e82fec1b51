"""A jail in one line: load source, call a function, and say how it ended."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograders.sandbox import Jail, JailLimits, JailSpec, Sandbox
from autograders.wire import Frame, decode, encode

LIMITS = JailLimits(cpu_s=1, wall_s=20, memory_mb=128, output_kb=16, scratch_mb=8)


class Cell:
    """A jail with source loaded into it."""

    def __init__(self, jail: Jail, source: str) -> None:
        self.jail = jail
        self.loaded = self.ask({"op": "load", "files": {"solution.py": source.encode()}})

    def ask(self, message: dict[str, Any]) -> Any:
        """One request; the value, or the error as a dictionary."""
        answer = decode(Frame.from_bytes(self.jail.ask(encode(message).chunks())))
        return answer.get("value", answer)

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function in the jail."""
        return self.ask({"op": "call", "target": name, "args": list(arguments), "kwargs": {}})


@pytest.fixture
def cell(sandbox: Sandbox) -> Iterator[Callable[..., Cell]]:
    """Opens cells: `cell(source, environment=..., wall_s=...)`; they are closed at the end."""
    jails: list[Jail] = []

    def opened(source: str, environment: str = "numpy", side: Any = "learner", **limits: Any) -> Cell:
        spec = JailSpec(environment, side, "learner", dataclasses.replace(LIMITS, **limits))
        jails.append(sandbox.open(spec))
        return Cell(jails[-1], source)

    yield opened
    for jail in jails:
        jail.close()
