"""How fair verdicts on speed and growth are, on this machine at rest and with every core kept busy.

    python -m autograders.bench.fairness [--runs N] [--kinds numpy python torch] [--loads idle busy] [--json]

For each kind of work: how often a solution equal to the reference fails a bar of 1.25 (`false_fail`), how
often one that does 1.6 times the work passes (`missed`), measured pairs and seconds of a verdict. Then the
error of the exponent found for loops whose growth is known. Each verdict is a whole graded submission.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograders.bench import cases
from autograders.bench.cases import BAR, RACES, SIZES, SLOWER
from autograders.engine import grade
from autograders.judge.bounds import read_bound
from autograders.problem import Problem
from autograders.report import CheckResult, Finished
from autograders.sandbox import Sandbox, open_sandbox
from autograders.sandbox.environments import load_environments
from autograders.submission import Submission
from autograders.threads import SINGLE_THREAD

LOADS = ("idle", "busy")
AIMS = {"false_fail": 1 / 200, "missed": 1 / 100, "error": 0.15}


def verdict(problem: Problem, source: str, sandbox: Sandbox, run: int) -> tuple[CheckResult, float]:
    """The one check's result and the seconds it took; inputs differ from run to run."""
    started = time.perf_counter()
    *_, last = grade(problem, Submission.from_source(source), sandbox, secret=str(run).encode())
    assert isinstance(last, Finished)
    (check,) = last.report.checks
    if last.report.outcome == "broken":
        raise RuntimeError(f"{problem.id}: {last.report.message or check.message}")
    return check, time.perf_counter() - started


@contextlib.contextmanager
def under(load: str) -> Iterator[None]:
    """Keep every core busy with a loop that never rests, where the load says so."""
    context = multiprocessing.get_context("spawn")
    cores = sorted(os.sched_getaffinity(0)) if load == "busy" else []
    hogs = [context.Process(target=_hog, args=(core,), daemon=True) for core in cores]
    for hog in hogs:
        hog.start()
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.join()


def _hog(core: int) -> None:
    os.sched_setaffinity(0, {core})
    while True:
        sum(i * i for i in range(10_000))


def races(kind: str, load: str, runs: int, sandbox: Sandbox, say: Any) -> dict[str, Any]:
    """False fails and misses of one kind of work under one load."""
    with tempfile.TemporaryDirectory() as folder:
        problem = cases.race_problem(kind, Path(folder))
        equal, slower = RACES[kind].reference, RACES[kind].slower
        told: dict[str, list[tuple[CheckResult, float]]] = {"equal": [], "slower": []}
        with under(load):
            for run in range(runs):
                told["equal"].append(verdict(problem, equal, sandbox, run))
                told["slower"].append(verdict(problem, slower, sandbox, run))
                say(f"{kind}, {load}: {run + 1} of {runs}")
    details = [check.detail for check, _ in told["equal"]]
    slow = [check.detail for check, _ in told["slower"]]
    return {
        "kind": kind,
        "load": load,
        "runs": runs,
        "false_fail": sum(check.outcome != "passed" for check, _ in told["equal"]) / runs,
        "missed": sum(check.outcome == "passed" for check, _ in told["slower"]) / runs,
        "undecided": sum(not detail["decided"] for detail in details) / runs,
        "pairs": statistics.mean(detail["pairs"] for detail in details),
        "pairs_slower": statistics.mean(detail["pairs"] for detail in slow),
        "most_pairs": max(detail["pairs"] for detail in details + slow),
        "seconds": statistics.mean(seconds for _, seconds in told["equal"]),
        "seconds_slower": statistics.mean(seconds for _, seconds in told["slower"]),
        "ratio": statistics.median(detail["ratio"] for detail in details),
        "ratio_slower": statistics.median(detail["ratio"] for detail in slow),
        "scatter": pooled_scatter(details),
    }


def pooled_scatter(details: list[dict[str, Any]]) -> float:
    """The standard deviation of one pair's log-ratio, over all pairs of equal work."""
    return statistics.pstdev(math.log(ratio) for detail in details for ratio in detail["ratios"])


def exponents(kind: str, load: str, runs: int, sandbox: Sandbox, say: Any) -> dict[str, Any]:
    """How far the exponent found lies from that of the steps that are known to be made."""
    truth = read_bound(kind).exponent(SIZES)
    with tempfile.TemporaryDirectory() as folder, under(load):
        problem = cases.growth_problem(kind, Path(folder))
        found = []
        for run in range(runs):
            found.append(verdict(problem, cases.GROWTHS[kind], sandbox, run))
            say(f"growth {kind}, {load}: {run + 1} of {runs}")
    errors = [abs(check.detail["exponent"] - truth) for check, _ in found]
    return {
        "kind": kind,
        "load": load,
        "runs": runs,
        "truth": truth,
        "found": statistics.median(check.detail["exponent"] for check, _ in found),
        "error": statistics.median(errors),
        "worst": max(errors),
        "seconds": statistics.mean(seconds for _, seconds in found),
    }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All figures, as `--json` prints them."""
    say = _progress if sys.stderr.isatty() else lambda text: None
    with open_sandbox("local") as sandbox:
        return {
            "cores": os.cpu_count(),
            "bar": BAR,
            "slower": SLOWER,
            "cases": [races(k, load, options.runs, sandbox, say) for load in options.loads for k in options.kinds],
            "exponents": [
                exponents(k, load, max(3, options.runs // 10), sandbox, say)
                for load in options.loads
                for k in cases.GROWTHS
            ],
        }


def _progress(text: str) -> None:
    print(f"\r{text:<60}", end="", file=sys.stderr, flush=True)


def render(result: dict[str, Any]) -> str:
    """The figures as tables that say what is wanted of each."""
    lines = [
        f"Verdicts on a bar of {BAR}: of a solution equal to the reference, and of one {SLOWER} times slower",
        f"{'work':<8}{'load':<6}{'runs':>6}{'false fails':>13}{'missed':>9}{'pairs':>13}{'seconds':>14}"
        f"{'ratios found':>15}{'scatter':>9}",
    ]
    for row in result["cases"]:
        lines.append(
            f"{row['kind']:<8}{row['load']:<6}{row['runs']:>6}{_share(row, 'false_fail'):>13}{_share(row, 'missed'):>9}"
            f"{row['pairs']:>7.1f}/{row['pairs_slower']:<5.1f}{row['seconds']:>8.2f}/{row['seconds_slower']:<5.2f}"
            f"{row['ratio']:>9.2f}/{row['ratio_slower']:<5.2f}{100 * row['scatter']:>7.1f} %"
        )
    lines.append(f"aims: at most 1 in {1 / AIMS['false_fail']:.0f} and 1 in {1 / AIMS['missed']:.0f}")
    lines.append(f"\nExponents of loops whose steps are known, on sizes {', '.join(f'{size:,}' for size in SIZES)}")
    lines.append(
        f"{'growth':<10}{'load':<6}{'runs':>6}{'known':>8}{'found':>8}{'median error':>14}{'worst':>8}{'seconds':>9}"
    )
    for row in result["exponents"]:
        lines.append(
            f"{row['kind']:<10}{row['load']:<6}{row['runs']:>6}{row['truth']:>8.2f}{row['found']:>8.2f}"
            f"{row['error']:>14.3f}{row['worst']:>8.3f}{row['seconds']:>9.2f}"
        )
    lines.append(f"aim: an error of at most {AIMS['error']}")
    return "\n".join(lines)


def _share(row: dict[str, Any], name: str) -> str:
    return f"{round(row[name] * row['runs'])}"


def main(arguments: list[str]) -> None:
    """Measure and print tables, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m autograders.bench.fairness")
    known = [kind for kind, case in RACES.items() if not load_environments()[case.environment].missing()]
    parser.add_argument("--kinds", nargs="+", default=known, choices=known)
    parser.add_argument("--loads", nargs="+", default=list(LOADS), choices=LOADS)
    parser.add_argument("--runs", type=int, default=60, help="submissions of each sort (60)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    os.environ |= SINGLE_THREAD
    result = measure(options)
    if sys.stderr.isatty():
        _progress("")
        print("\r", end="", file=sys.stderr)
    print(json.dumps(result) if options.json else render(result))


if __name__ == "__main__":
    main(sys.argv[1:])
