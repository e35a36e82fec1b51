"""Fires a corpus with several processes at once, each with a sandbox and an armed problem of its own.

Processes, not threads: what an attack leaves behind is found among what belongs to one of them.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING

from autograders.authoring.arming import arm
from autograders.authoring.corpus import Attack
from autograders.authoring.firing import AttackResult, Range, fire, grade_with_engine
from autograders.authoring.world import World
from autograders.problem import Problem, load_problem
from autograders.sandbox import open_sandbox
from autograders.sandbox.cores import TIMED_CORE, allowed_cores

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

CLOSE_FIRST = 100
_ranges: list[Range] = []


def fire_with_workers(problem: Problem, sandbox: str, attacks: Sequence[Attack], jobs: int) -> Iterator[AttackResult]:
    """Fire attacks `jobs` at a time; gives each result as it is there, in no order."""
    if jobs == 1:
        with open_sandbox(sandbox) as opened:
            yield from fire(problem, opened, attacks)
        return
    context = multiprocessing.get_context("spawn")
    # The slow ones first, so that none of them runs alone at the end.
    ordered = sorted(attacks, key=lambda attack: -attack.stops)
    counter = context.Value("i", 0)
    with ProcessPoolExecutor(min(jobs, len(attacks)), context, _begin, (counter,)) as pool:
        waiting = [pool.submit(_work, problem.path, sandbox, attack) for attack in ordered]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _begin(counter: Synchronized[int]) -> None:
    """Give each worker a timed core of its own, while there are enough.

    Whether an attack holds is no matter of how exclusive that core is, and with one for all the rest would share
    what cores are left.
    """
    with counter:
        number = counter.value
        counter.value += 1
    cores = sorted(allowed_cores(), reverse=True)
    os.environ.setdefault(TIMED_CORE, str(cores[number % len(cores)]))


def _work(path: Path, sandbox: str, attack: Attack) -> AttackResult:
    """Fire one attack in this worker, which makes itself ready at its first."""
    if not _ranges:
        stack = contextlib.ExitStack()
        armed = stack.enter_context(arm(load_problem(path)))
        opened = stack.enter_context(open_sandbox(sandbox))
        place = Range(armed, stack.enter_context(World(armed)), opened, grade_with_engine)
        Finalize(None, stack.close, exitpriority=CLOSE_FIRST)
        place.check_honest_work()
        _ranges.append(place)
    return _ranges[0].fire(attack)
