"""BLAS, OpenMP and torch survive the fork: a jail may raise the number of threads and still compute, every time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograders.sandbox.environments import load_environments

Cells = Callable[..., Any]
# A pool of threads that a library had started before the fork would hang the child at its first parallel step.
WORK = {
    "sklearn": """
import numpy as np
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

def work(threads):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 8))
    y = (X[:, 0] > 0).astype(int)
    inertia = KMeans(3, n_init=1, random_state=0).fit(X).inertia_
    boosted = HistGradientBoostingClassifier(max_iter=5).fit(X, y).score(X, y)
    forest = RandomForestClassifier(8, n_jobs=threads, random_state=0).fit(X, y).score(X, y)
    product = float((X.T @ X).trace())
    return inertia > 0 and boosted > 0.9 and forest > 0.9 and product > 0
""",
    "torch": """
import torch

def work(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    product = (torch.ones(400, 400) @ torch.ones(400, 400)).sum().item()
    net = torch.nn.Sequential(torch.nn.Linear(16, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))
    optimiser = torch.optim.Adam(net.parameters())
    x = torch.randn(512, 16)
    for _ in range(3):
        optimiser.zero_grad()
        loss = (net(x) - x[:, :1]).pow(2).mean()
        loss.backward()
        optimiser.step()
    return product == 400.0**3 and bool(torch.isfinite(loss)) and torch.get_num_threads() == threads
""",
}
DRAWS = """
import random
import sys
import numpy

def draw():
    torch = sys.modules.get("torch")
    return [random.random(), numpy.random.random()] + ([torch.rand(1).item()] if torch else [])
"""


@pytest.mark.parametrize("environment", sorted(WORK))
def test_jail_after_jail_computes_with_one_thread_and_with_two(environment: str, cell: Cells) -> None:
    missing = load_environments()[environment].missing()
    assert not missing, f"the development environment lacks {missing}"
    for threads in (1, 2, 2, 1):
        jail = cell(WORK[environment], environment, cpu_s=30, wall_s=120, memory_mb=1024, scratch_mb=64)
        assert jail.call("work", threads) is True


@pytest.mark.parametrize("environment", sorted(WORK))
def test_no_two_jails_draw_the_same_numbers(environment: str, cell: Cells) -> None:
    seen = [cell(DRAWS, environment, memory_mb=1024).call("draw") for _ in range(3)]
    for numbers in zip(*seen, strict=True):
        assert len(set(numbers)) == 3
