"""The jail and its two placements, behind one protocol."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from autograders.sandbox.cores import host_cores
from autograders.sandbox.jail import Jail
from autograders.sandbox.limits import JailLimits, JailSpec, JailStopped, SandboxFault, SandboxUnavailable

PLACEMENTS = {
    "local": "autograders.sandbox.local:LocalSandbox",
    "docker": "autograders.sandbox.docker:DockerSandbox",
}


class Sandbox(Protocol):
    """Opens jails. Usable as a context manager and from several threads."""

    name: str

    def __enter__(self) -> Sandbox:
        """Ready to open jails."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close."""

    def open(self, spec: JailSpec) -> Jail:
        """A fresh, locked-down jail; raises SandboxUnavailable or SandboxFault."""

    def lease(self) -> AbstractContextManager[Sandbox]:
        """What one grading run uses, and nobody else while it does where each run has a container of its own."""

    def describe(self) -> dict[str, str]:
        """Placement and tier, for reports."""

    def close(self) -> None:
        """End every jail and whatever was kept warm."""


def open_sandbox(name: str) -> Sandbox:
    """The sandbox of that name; raises SandboxUnavailable where there is none, or no core as it is set."""
    if name not in PLACEMENTS:
        raise SandboxUnavailable(f"sandbox {name!r} is not one of {', '.join(PLACEMENTS)}")
    host_cores()
    module, _, attribute = PLACEMENTS[name].partition(":")
    sandbox: Sandbox = getattr(importlib.import_module(module), attribute)()
    return sandbox


__all__ = [
    "Jail",
    "JailLimits",
    "JailSpec",
    "JailStopped",
    "Sandbox",
    "SandboxFault",
    "SandboxUnavailable",
    "open_sandbox",
]
