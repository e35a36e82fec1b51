"""What a fresh jail costs, and a call across the wall."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autograders.sandbox import Jail, JailSpec, Sandbox, open_sandbox
from autograders.wire import Frame, decode, encode

SOURCE = b"def echo(x):\n    return x\n"


def ask(jail: Jail, message: dict[str, Any]) -> Any:
    """One request and its decoded answer."""
    return decode(Frame.from_bytes(jail.ask(encode(message).chunks())))


def milliseconds(action: Callable[[], object], runs: int) -> dict[str, float]:
    """Median and p95 of an action in milliseconds."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        action()
        taken.append(1e3 * (time.perf_counter() - started))
    taken.sort()
    return {"median_ms": round(statistics.median(taken), 3), "p95_ms": round(taken[int(0.95 * len(taken))], 3)}


def measure(sandbox: Sandbox, environment: str, runs: int) -> dict[str, object]:
    """Fresh jail (open, load, first call, close), a small call, a 1 MB array there and back."""
    spec = JailSpec(environment, "learner", "learner")
    load = {"op": "load", "files": {"solution.py": SOURCE}}

    def call(argument: Any) -> dict[str, Any]:
        return {"op": "call", "target": "echo", "args": [argument], "kwargs": {}}

    def fresh() -> None:
        jail = sandbox.open(spec)
        ask(jail, load)
        ask(jail, call(1))
        jail.close()

    fresh()
    cases = {"fresh jail": milliseconds(fresh, runs)}
    jail = sandbox.open(spec)
    ask(jail, load)
    array = np.zeros(1 << 17)
    cases["small call"] = milliseconds(lambda: ask(jail, call(1)), runs)
    cases["1 MB array, both ways"] = milliseconds(lambda: ask(jail, call(array)), runs)
    jail.close()
    return {"sandbox": sandbox.name, "environment": environment, "runs": runs, "cases": cases}


def main(arguments: list[str]) -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m autograders.bench jail")
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--environment", default="numpy")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with open_sandbox(options.sandbox) as sandbox:
        result = measure(sandbox, options.environment, options.runs)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{options.sandbox}, {options.environment}")
    cases: Any = result["cases"]
    for name, figures in cases.items():
        print(f"  {name:<24}{figures['median_ms']:>9.3f} ms median {figures['p95_ms']:>9.3f} ms p95")
