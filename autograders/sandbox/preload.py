"""What a zygote imports once, so that no jail pays for it; and what it leaves out, so that no jail can reach it."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from autograders.sandbox.environments import Environment
from autograders.sandbox.limits import Side

# Agents by name, as dotted paths: the sandbox imports neither side's code by itself.
AGENTS = {
    "learner": "autograders.learner.agent:serve",
    "judge": "autograders.judge.agent:serve",
}
AGENTS_OF_SIDE = {"learner": ("learner",), "trusted": ("learner", "judge")}
# What most solutions import, so that they find it imported.
COMMON: tuple[str, ...] = ("random", "traceback", "linecache", "dataclasses", "typing", "collections", "heapq")
COMMON += ("bisect", "math")
COMMON += ("itertools", "functools", "operator", "string", "re", "copy", "enum", "abc")
WARM_UP = (
    ("numpy.linalg", "import numpy as n; n.linalg.svd(n.eye(3)); n.linalg.solve(n.eye(2), n.ones(2))"),
    ("numpy.random", "import numpy as n; n.random.default_rng().normal(size=3); n.random.seed(0)"),
    ("sklearn.linear_model", "import sklearn.linear_model as m; m.LinearRegression().fit([[0.0],[1.0]],[0.0,1.0])"),
    # KMeans looks once for thread pools in /proc, which no jail has, and keeps what it found.
    ("sklearn.cluster", "import sklearn.cluster as c; c.KMeans(1, n_init=1).fit([[0.0],[1.0]])"),
    # The first optimiser step imports lazily for a second and wants a writable cache folder.
    (
        "torch.optim",
        "import torch; m=torch.nn.Linear(2,2); o=torch.optim.Adam(m.parameters());"
        "m(torch.ones(1,2)).sum().backward(); o.step()",
    ),
)


class Withheld(importlib.abc.MetaPathFinder):
    """Refuses the modules that a jail is to do without, while the others are imported."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Raise ModuleNotFoundError for a withheld module; None lets the other finders look."""
        if is_within(fullname, self.names):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def is_within(module: str, names: Sequence[str]) -> bool:
    """Whether a module is one of those named or lies below one."""
    return any(module == name or module.startswith(name + ".") for name in names)


def import_environment(environment: Environment, withheld: Sequence[str]) -> None:
    """Import what every jail will need, and take the first-use costs here.

    A module that cannot do without a withheld one is left out with it: what is in memory can be reached.
    """
    guard = Withheld(withheld)
    sys.meta_path.insert(0, guard)
    try:
        for name in environment.modules:
            _import(name, optional=bool(withheld))
        for name, source in WARM_UP:
            if name in sys.modules:
                _warm_up(source, optional=bool(withheld))
    finally:
        sys.meta_path.remove(guard)
    for name in COMMON:
        importlib.import_module(name)


def load_agents(side: Side) -> dict[str, Callable[[int], None]]:
    """The agents that this side's children may become."""
    found = {}
    for name in AGENTS_OF_SIDE[side]:
        path, _, function = AGENTS[name].partition(":")
        module = importlib.import_module(path)
        if hasattr(module, "prepare"):
            module.prepare()
        found[name] = getattr(module, function)
    return found


def _import(name: str, *, optional: bool) -> None:
    try:
        importlib.import_module(name)
    except ImportError:
        if not optional:
            raise


def _warm_up(source: str, *, optional: bool) -> None:
    try:
        exec(source, {})
    except ImportError:
        if not optional:
            raise
