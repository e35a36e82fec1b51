"""How soon a limit ends what crosses it, and how soon nothing of it is left."""

from __future__ import annotations

import argparse
import json
import time

from autograders.bench.jail import ask
from autograders.sandbox import JailLimits, JailSpec, JailStopped, Sandbox, open_sandbox

LIMITS = JailLimits(cpu_s=0.5, wall_s=1.0, memory_mb=256, output_kb=16, scratch_mb=16)
PATIENT = JailLimits(cpu_s=0.5, wall_s=60.0, memory_mb=256, output_kb=16, scratch_mb=16)
# What is done, under which limits, and the limit that must end it ("" where the learner's code is told no).
CASES = {
    "a loop": ("while True: pass", PATIENT, "cpu"),
    "a loop in C": ("3 ** 3 ** 25", PATIENT, "cpu"),
    "a loop in eight threads": (
        "import threading\n    spin = lambda: [None for _ in iter(int, 1)]\n"
        "    [threading.Thread(target=spin, daemon=True).start() for _ in range(7)]\n    spin()",
        PATIENT,
        "cpu",
    ),
    "all memory, again and again": (
        "kept = []\n    while True:\n        try: kept.append(bytearray(1 << 20))\n        except MemoryError: pass",
        PATIENT,
        "cpu",
    ),
    "sleep": ("import time; time.sleep(99)", LIMITS, "wall"),
    "half an answer": ("import os, time; os.write(3, b'CPW1'); time.sleep(99)", LIMITS, "wall"),
    "printing": ("while True: print('x' * 1000)", PATIENT, "output"),
    "nonsense on the wire": ("import os; os.write(3, b'x' * 99)", PATIENT, "protocol"),
    "a crash": ("import os; os.abort()", PATIENT, "died"),
    "too much memory": ("bytearray(1 << 30)", PATIENT, ""),
    "too many files": ("import os; [os.dup(0) for _ in range(99)]", PATIENT, ""),
    "a full scratch folder": ("[open(f'f{i}', 'wb').write(bytes(4 << 20)) for i in range(9)]", PATIENT, ""),
    "a new process": ("import os; os.fork()", PATIENT, ""),
}


def measure(sandbox: Sandbox, runs: int) -> list[dict[str, object]]:
    """Milliseconds from crossing the limit to the verdict, and to the jail being gone; the worst of some runs."""
    rows: list[dict[str, object]] = []
    for name, (body, limits, expected) in CASES.items():
        over, gone, ended = 0.0, 0.0, ""
        for _ in range(runs):
            one = _once(sandbox, body, limits)
            over, gone, ended = max(over, one[0]), max(gone, one[1]), one[2]
        rows.append({"case": name, "limit": ended, "expected": expected, "over_ms": over, "gone_ms": gone})
    return rows


def _once(sandbox: Sandbox, body: str, limits: JailLimits) -> tuple[float, float, str]:
    jail = sandbox.open(JailSpec("numpy", "learner", "learner", limits))
    ask(jail, {"op": "load", "files": {"solution.py": f"def f():\n    {body}\n".encode()}, "rules": {}})
    started, ended = time.perf_counter(), ""
    try:
        ask(jail, {"op": "call", "target": "f", "args": [], "kwargs": {}})
    except JailStopped as stop:
        ended = stop.limit
    taken = time.perf_counter() - started
    jail.close()
    gone = time.perf_counter() - started - taken
    over = {"cpu": jail.last.cpu_s - limits.cpu_s, "wall": taken - limits.wall_s}.get(ended, taken)
    return 1e3 * over, 1e3 * gone, ended


def main(arguments: list[str]) -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m autograders.bench limits")
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with open_sandbox(options.sandbox) as sandbox:
        rows = measure(sandbox, options.runs)
    if options.json:
        print(json.dumps({"sandbox": options.sandbox, "cases": rows}))
        return
    print(f"{'':<30}{'ended by':<12}{'verdict after, ms':>18}{'gone after, ms':>16}   (worst of {options.runs})")
    for row in rows:
        ended = row["limit"] or "an error"
        print(f"{row['case']:<30}{ended:<12}{row['over_ms']:>18.1f}{row['gone_ms']:>16.1f}")
