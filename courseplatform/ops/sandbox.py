"""What this host lacks to hold a learner's code, in the words of the engine's own doctor."""

from __future__ import annotations

from autograders.sandbox.container_tries import examine_containers
from autograders.sandbox.mechanisms import examine, reasons, told


def advice(placement: str) -> str:
    """What is missing for a placement that does not hold, each with how to enable it, and who tells more."""
    findings = [*examine(placement), *(examine_containers(placement) if placement == "docker" else ())]
    missing = told(reasons(findings, placement))
    what = f"Missing here: {missing}." if missing else "Do what the sentence says, or set SANDBOX to another placement."
    return f"{what} `python -m autograders doctor` shows everything."
