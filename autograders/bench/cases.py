"""Problems of one timed check each, written into a temporary folder: what the benchmark of fairness grades."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograders.problem import Problem, load_problem

SLOWER = 1.6
BAR = 1.25

_TOML = """id = "{name}"
title = "{name}"
level = 1
skills = ["measuring"]
environment = "{environment}"

[[entry_points]]
name = "work"

[limits]
cpu_s = 20
"""
_RACE = """import numpy as np

from autograders.judge import check


@check(points=1)
def test_is_fast(race, rng):
    \"\"\"work costs at most {bar} times what the reference costs.\"\"\"
    race("work", lambda: {draw}).at_most({bar})
"""
_GROWTH = """from autograders.judge import check


@check(points=1)
def test_grows(growth, rng):
    \"\"\"work grows no faster than the fourth power.\"\"\"
    growth("work", lambda n: (rng.integers(1_000_003, size=n).tolist(),), sizes={sizes}).at_most(4.0)
"""


@dataclass(frozen=True)
class Case:
    """One kind of work: what the function `once` does with arguments drawn by `draw`, whole and by a part of it."""

    environment: str
    draw: str
    once: str
    part: str

    @property
    def reference(self) -> str:
        """A solution that costs what the reference costs, for it is the same."""
        return self.once + "\n\ndef work(*arguments):\n    return once(*arguments)\n"

    @property
    def slower(self) -> str:
        """One that costs 1.6 times as much: it does six tenths of the work once more."""
        return self.once + f"\n\ndef work(*arguments):\n    once({self.part})\n    return once(*arguments)\n"


RACES = {
    "numpy": Case(
        environment="numpy",
        draw="(rng.normal(size=(2_000, 16)), rng.normal(size=(40, 16)))",
        once="""import numpy as np


def once(X, centres):
    distances = (X**2).sum(axis=1)[:, None] - 2 * X @ centres.T + (centres**2).sum(axis=1)
    return distances.argmin(axis=1)
""",
        part="arguments[0][:1_200], arguments[1]",
    ),
    "python": Case(
        environment="numpy",
        draw="tuple(''.join(rng.choice(list('acgt'), size=100)) for _ in range(2))",
        once="""
def once(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
""",
        part="arguments[0][:60], arguments[1]",
    ),
    "torch": Case(
        environment="torch",
        draw="tuple(rng.normal(size=(8, 96, 32)).astype(np.float32) for _ in range(3))",
        once="""import torch


def once(q, k, v):
    q, k, v = (torch.as_tensor(x) for x in (q, k, v))
    weights = torch.softmax(q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5, dim=-1)
    return (weights @ v).numpy()
""",
        part="*(x[:, :58] if x is arguments[0] else x for x in arguments)",
    ),
}

# Loops whose steps can be counted: so many for n values.
GROWTHS = {
    "n": """
def work(values):
    state = 1
    for value in values:
        state = (state * 31 + value) % 1_000_003
    return state
""",
    "n log n": """
def work(values):
    state, width = 1, 1
    while width < len(values):
        for value in values:
            state = (state * 31 + value) % 1_000_003
        width *= 2
    return state
""",
    "n^2": """
def work(values):
    state = 1
    for _ in values:
        for value in values:
            state = (state * 31 + value) % 1_000_003
    return state
""",
}
SIZES = (256, 512, 1_024, 2_048)


def race_problem(kind: str, folder: Path) -> Problem:
    """The race of one kind of work against itself."""
    case = RACES[kind]
    grader = _RACE.format(bar=BAR, draw=case.draw)
    return _written(folder, f"fair-{kind}", case.environment, grader, case.reference)


def growth_problem(kind: str, folder: Path) -> Problem:
    """A loop of known growth on a ladder of sizes, beside itself."""
    return _written(
        folder, "grows-" + kind.replace(" ", "").replace("^", ""), "numpy", _GROWTH.format(sizes=SIZES), GROWTHS[kind]
    )


def _written(folder: Path, name: str, environment: str, grader: str, reference: str) -> Problem:
    files = {"problem.toml": _TOML.format(name=name, environment=environment), "grader.py": grader}
    files |= {"reference.py": reference, "starter.py": "def work(*arguments):\n    raise NotImplementedError\n"}
    files |= {"statement.md": "The same work, again and again.\n"}
    place = folder / name
    place.mkdir(parents=True)
    for file, text in files.items():
        (place / file).write_text(text)
    return load_problem(place)
