"""What is named where numeric code is wrong, and that nothing is named where it is right.

Planted mistakes are run on fresh inputs and compared as a check would compare them; the name that the
comparison gives is right if it is one of those the mistake is known by. Right functions written
otherwise must raise nothing at all.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograders.bench import planted, unseen
from autograders.bench.planted import Mistake, Task
from autograders.judge import Mismatch, assert_close, recent

SEEDS = 5


def named(task: Task, answer: Any, arguments: tuple[Any, ...]) -> tuple[bool, str, str]:
    """Whether a comparison refuses an answer, what it is named then ("" if nothing), and the message."""
    recent.forget()
    recent.note(arguments, {})
    try:
        assert_close(answer, task.right(*arguments), rtol=task.rtol, atol=task.atol)
    except Mismatch as mismatch:
        return True, str(mismatch.diagnosis.get("name", "")), str(mismatch)
    finally:
        recent.forget()
    return False, "", ""


def of_mistake(mistake: Mistake, seeds: int) -> dict[str, Any]:
    """What a mistake is named over several draws; right only if it is so each time."""
    names, message = [], ""
    for seed in range(seeds):
        arguments = mistake.task.draw(np.random.default_rng(seed))
        with np.errstate(all="ignore"):
            refused, name, message = named(mistake.task, mistake.wrong(*arguments), arguments)
        if refused:  # a draw may be one that the mistake makes no difference to
            names.append(name)
    return {
        "problem": mistake.task.problem,
        "task": mistake.task.name,
        "mistake": mistake.title,
        "named": sorted(set(names)),
        "right": bool(names) and set(names) <= mistake.names,
        "message": message,
    }


def of_variants(tasks: Sequence[Task], seeds: int) -> dict[str, Any]:
    """How many right functions there are, how many are refused, how many named."""
    refused, variants = [], 0
    for task in tasks:
        for variant in (task.right, *task.variants):
            variants += 1
            for seed in range(seeds):
                arguments = task.draw(np.random.default_rng(seed))
                if named(task, variant(*arguments), arguments)[0]:
                    refused.append(f"{task.problem}: {task.name}")
    return {"variants": variants, "refused": sorted(set(refused))}


def measure(mistakes: Sequence[Mistake], seeds: int = SEEDS) -> dict[str, Any]:
    """Figures of one list of mistakes and of the right variants of its tasks."""
    started = time.perf_counter()
    rows = [of_mistake(mistake, seeds) for mistake in mistakes]
    seconds = time.perf_counter() - started
    tasks = list({id(mistake.task): mistake.task for mistake in mistakes}.values())
    return {
        "mistakes": rows,
        "count": len(rows),
        "named_rightly": sum(row["right"] for row in rows),
        "ms_each": 1e3 * seconds / (len(rows) * seeds),
        "correct": of_variants(tasks, seeds),
    }


LISTS: dict[str, tuple[Mistake, ...]] = {"planted": planted.MISTAKES, "unseen": unseen.MISTAKES}


def show(title: str, found: dict[str, Any]) -> None:
    """Print the figures of one list."""
    print(f"{title}: {found['named_rightly']} of {found['count']} named rightly, {found['ms_each']:.1f} ms each\n")
    for row in found["mistakes"]:
        names = ", ".join(name or "nothing" for name in row["named"])
        print(f"  {'ok' if row['right'] else '--'}  {row['task']:<26.26} {row['mistake']:<34.34} {names}")
    correct = found["correct"]
    print(f"\n  right functions: {correct['variants']}, of them refused: {len(correct['refused'])}\n")


def main(arguments: list[str]) -> None:
    """Print what every planted mistake is named."""
    parser = argparse.ArgumentParser(prog="autograders.bench diagnosis", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="draws of each mistake's inputs")
    options = parser.parse_args(arguments)
    found = {title: measure(mistakes, options.seeds) for title, mistakes in LISTS.items()}
    if options.json:
        print(json.dumps(found))
        return
    for title, figures in found.items():
        show(title, figures)
