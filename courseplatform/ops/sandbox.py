"""What this host lacks to hold a learner's code, in the words of the engine's own doctor; and its cores."""

from __future__ import annotations

from autograders.sandbox.container_tries import examine_containers
from autograders.sandbox.cores import host_cores
from autograders.sandbox.limits import SandboxUnavailable
from autograders.sandbox.mechanisms import examine, reasons, told


def advice(placement: str) -> str:
    """What is missing for a placement that does not hold, each with how to enable it, and who tells more."""
    findings = [*examine(placement), *(examine_containers(placement) if placement == "docker" else ())]
    missing = told(reasons(findings, placement))
    what = f"Missing here: {missing}." if missing else "Do what the sentence says, or set SANDBOX to another placement."
    return f"{what} `python -m autograders doctor` shows everything."


def untimed_cores() -> frozenset[int]:
    """The cores for everything but timed checks; none where there is one core, or where it is set wrongly."""
    try:
        return host_cores().others
    except SandboxUnavailable:
        return frozenset()
