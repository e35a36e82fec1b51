"""`attack`: fires the shipped corpus of hostile submissions at this engine."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from autograders.authoring.corpus import CLASSES, Attack
from autograders.authoring.firing import AttackResult, HonestWorkFails, suited, target
from autograders.authoring.workers import fire_with_workers
from autograders.commands import EXIT_BREACH, EXIT_BROKEN, EXIT_DONE
from autograders.problem import Problem, ProblemError, load_problem
from autograders.sandbox import PLACEMENTS, SandboxFault, SandboxUnavailable

KINDS = [kind for kind in CLASSES.values() if kind != "HONEST"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("problem", metavar="PROBLEM", nargs="?", help="a problem folder; by default the corpus's own")
    parser.add_argument("--json", action="store_true", help="print the results as one JSON object")
    parser.add_argument("--only", metavar="ID", nargs="+", default=[], help="these attacks alone, as F03a or F03")
    parser.add_argument("--class", dest="kind", choices=KINDS, help="this class of attacks alone")
    parser.add_argument("--jobs", type=int, metavar="N", default=os.cpu_count() or 1, help="so many at once")
    parser.add_argument("--sandbox", choices=sorted(PLACEMENTS), default=os.environ.get("SANDBOX", "local"))


def run(options: argparse.Namespace) -> int:
    """Fire and print; gives the exit status."""
    problem = load_problem(options.problem) if options.problem else target()
    attacks = chosen(problem, options)
    results: list[AttackResult] = []
    try:
        for result in fire_with_workers(problem, options.sandbox, attacks, options.jobs):
            results.append(result)
            if not options.json:
                print(_line(result), flush=True)
    except (HonestWorkFails, SandboxUnavailable, SandboxFault) as error:
        print(f"autograders: {error}", file=sys.stderr)
        return EXIT_BROKEN
    order = [attack.id for attack in attacks]
    results.sort(key=lambda result: order.index(result.id))
    print(json.dumps({"attacks": [result.to_json() for result in results]}) if options.json else _closing(results))
    return EXIT_BREACH if any(result.succeeded for result in results) else EXIT_DONE


def chosen(problem: Problem, options: argparse.Namespace) -> tuple[Attack, ...]:
    """The attacks that the options name; raises ProblemError where they name none."""
    fit = suited(problem)
    for name in options.only:
        if not any(name in (attack.id, attack.threat) for attack in fit):
            raise ProblemError(f"--only: {name} is not an attack that can be fired at {problem.id}")
    if options.jobs < 1:
        raise ProblemError(f"--jobs: {options.jobs} is too few; at least one is needed")
    attacks = tuple(
        attack
        for attack in fit
        if (not options.only or attack.id in options.only or attack.threat in options.only)
        and options.kind in (None, attack.kind)
    )
    if not attacks:
        raise ProblemError("--only, --class: no attack is of that id and that class")
    return attacks


def _line(result: AttackResult) -> str:
    word = "SUCCEEDED" if result.succeeded else "held"
    line = f"{result.id:<6}{result.kind:<8}{word:<11}{result.seconds:>5.1f} s  {result.title}"
    return f"{line}\n{'':14}{result.evidence}" if result.succeeded else line


def _closing(results: Sequence[AttackResult]) -> str:
    lines = [""]
    for kind in KINDS:
        fired = [result for result in results if result.kind == kind]
        if fired:
            lines.append(f"{kind:<8}{sum(r.succeeded for r in fired):>3} of {len(fired)} succeeded")
    lines.append(f"{'all':<8}{sum(r.succeeded for r in results):>3} of {len(results)} succeeded")
    return "\n".join(lines)
