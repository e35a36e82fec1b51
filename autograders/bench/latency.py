"""Submit-to-verdict time of the engine with warm zygotes, and how many submissions a minute it grades."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from autograders.engine import grade
from autograders.problem import Problem, load_problem
from autograders.report import Finished
from autograders.sandbox import Sandbox, open_sandbox
from autograders.submission import Submission, read_path


def verdict_seconds(problem: Problem, submission: Submission, sandbox: Sandbox) -> float:
    """Grade once; gives the seconds it took. Raises RuntimeError where the run broke."""
    started = time.perf_counter()
    for event in grade(problem, submission, sandbox):
        if isinstance(event, Finished) and event.report.outcome == "broken":
            raise RuntimeError(f"{problem.id}: {event.report.message or 'a check broke'}")
    return time.perf_counter() - started


def measure(problem: Problem, submission: Submission, placement: str, runs: int) -> dict[str, object]:
    """Median and p95 of single runs in seconds, and submissions a minute with one run a core at once."""
    workers = os.cpu_count() or 1
    with open_sandbox(placement) as sandbox:
        verdict_seconds(problem, submission, sandbox)
        single = sorted(verdict_seconds(problem, submission, sandbox) for _ in range(runs))
        started = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: verdict_seconds(problem, submission, sandbox), range(runs)))
        together = time.perf_counter() - started
    return {
        "problem": problem.id,
        "sandbox": placement,
        "runs": runs,
        "median_s": round(statistics.median(single), 3),
        "p95_s": round(single[min(len(single) - 1, int(0.95 * len(single)))], 3),
        "workers": workers,
        "per_minute": round(60 * runs / together, 1),
    }


def main(arguments: list[str]) -> None:
    """Measure each problem in each placement and print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m autograders.bench latency")
    parser.add_argument(
        "problems", nargs="+", metavar="PROBLEM", help="problem folders; their references are submitted"
    )
    parser.add_argument("--sandbox", nargs="+", default=["local"])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    cases = []
    for path in options.problems:
        problem = load_problem(path)
        submission = read_path(problem.path / "reference.py")
        cases += [measure(problem, submission, placement, options.runs) for placement in options.sandbox]
    if options.json:
        print(json.dumps({"cases": cases}))
        return
    print(f"{'problem':<28}{'sandbox':<9}{'median s':>9}{'p95 s':>9}{'a minute':>10}")
    for case in cases:
        row = (
            f"{case['problem']:<28}{case['sandbox']:<9}{case['median_s']:>9}{case['p95_s']:>9}{case['per_minute']:>10}"
        )
        print(row)
