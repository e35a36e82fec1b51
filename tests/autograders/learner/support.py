"""A jail asked directly, as the judge would ask it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from autograders.sandbox import Jail, JailLimits, JailSpec, Sandbox
from autograders.wire import Frame, decode, encode

NO_RULES: Mapping[str, Sequence[str]] = {"forbidden_imports": [], "forbidden_calls": [], "allowed_imports": []}


def ask(jail: Jail, message: dict[str, Any]) -> dict[str, Any]:
    """One request and its decoded answer."""
    answer = decode(Frame.from_bytes(jail.ask(encode(message).chunks())))
    assert isinstance(answer, dict)
    return answer


def call(jail: Jail, target: str, *arguments: Any, **fields: Any) -> dict[str, Any]:
    """The answer to a call of a function of the submission."""
    message: dict[str, Any] = {"op": "call", "handle": None, "target": target, "args": list(arguments), "kwargs": {}}
    return ask(jail, message | fields)


@contextmanager
def jailed(sandbox: Sandbox, environment: str = "numpy") -> Iterator[Jail]:
    """An empty learner's jail."""
    jail = sandbox.open(JailSpec(environment, "learner", "learner", JailLimits(cpu_s=10, wall_s=60)))
    try:
        yield jail
    finally:
        jail.close()


def load(jail: Jail, source: str, rules: Mapping[str, Sequence[str]] | None = None, **others: str) -> dict[str, Any]:
    """Load a submission under rules; gives the answer."""
    files = {"solution.py": source.encode()} | {f"{name}.py": text.encode() for name, text in others.items()}
    given = {**NO_RULES, **(rules or {})}
    return ask(jail, {"op": "load", "files": files, "rules": {name: list(given[name]) for name in NO_RULES}})
