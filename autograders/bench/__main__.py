"""`python -m autograders.bench`: the benchmarks by name."""

from __future__ import annotations

import importlib
import os
import sys

from autograders.threads import SINGLE_THREAD

BENCHMARKS = {
    "overhead": (
        "autograders.bench.overhead",
        "what the wall costs beside a bare fork and a cold container; grades a minute",
    ),
    "fairness": ("autograders.bench.fairness", "false fails and misses of verdicts on speed, errors of exponents"),
    "latency": ("autograders.bench.latency", "seconds from submission to verdict, and submissions a minute"),
    "jail": ("autograders.bench.jail", "milliseconds and CPU of one fresh jail, and of calls across the wall"),
    "limits": ("autograders.bench.limits", "milliseconds from crossing a limit to the verdict"),
    "holdout": (
        "autograders.bench.holdout",
        "coverage and cost of score intervals, and what resubmitting guesses gains",
    ),
    "service": ("autograders.bench.service", "latencies of a service in the jail and outside, by ours and by h2load"),
    "fuzz": ("autograders.bench.fuzz", "forged frames against the wire's decoder: outcomes, rate, memory, crashes"),
    "diagnosis": ("autograders.bench.diagnosis", "planted numeric mistakes: what each is named; right code: nothing"),
}


def main() -> int:
    """Run the benchmark named first; without a name, or with an unknown one, list them."""
    name, *rest = sys.argv[1:] or ["--help"]
    if name not in BENCHMARKS:
        print("usage: python -m autograders.bench NAME [--json]\n")
        for known, (_, what) in BENCHMARKS.items():
            print(f"  {known:<10}{what}")
        return 0 if name in ("-h", "--help") else 2
    # One thread a library, as in a jail, so that whatever is compared computes alike.
    os.environ |= SINGLE_THREAD
    importlib.import_module(BENCHMARKS[name][0]).main(rest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
