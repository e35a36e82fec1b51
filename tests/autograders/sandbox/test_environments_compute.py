"""Each environment's libraries work inside a jail, and only they can be imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograders.sandbox.environments import load_environments
from tests.autograders.support import PROBLEMS

Cells = Callable[..., Any]
# What a learner of that environment would do; each gives True where it worked.
WORK = {
    "numpy": """
import numpy as np
def work():
    A = np.random.default_rng(0).normal(size=(40, 40))
    U, s, V = np.linalg.svd(A)
    return bool(np.allclose(U * s @ V, A) and np.allclose(np.fft.ifft(np.fft.fft(s)).real, s))
""",
    "sklearn": """
import numpy as np, scipy.optimize, scipy.sparse, scipy.stats
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
def work():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(60, 3)), rng.normal(size=(60, 3)) + 9])
    y = np.repeat([0, 1], 60)
    labels = KMeans(2, n_init=2, random_state=0).fit_predict(X)
    forest = RandomForestClassifier(5, n_jobs=2, random_state=0).fit(X, y)
    least = scipy.optimize.minimize(lambda v: ((v - 3) ** 2).sum(), np.zeros(2))
    return (
        len(set(labels[:60].tolist())) == 1
        and forest.score(X, y) > 0.95
        and cross_val_score(LogisticRegression(), X, y, cv=3).mean() > 0.95
        and bool(np.allclose(least.x, 3, atol=1e-3))
        and scipy.sparse.eye(3).nnz == 3
    )
""",
    # Without an event loop, for which a jail that does not serve has no sockets: the application by hand.
    "service": """
import json
from fastapi import FastAPI
from pydantic import BaseModel
import uvicorn
class Point(BaseModel):
    x: int
    y: int = 2
app = FastAPI()
@app.post("/sum")
async def sum_of(point: Point):
    return {"sum": point.x + point.y}
def work():
    head = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/sum",
            "raw_path": b"/sum", "root_path": "", "scheme": "http", "query_string": b"", "server": None,
            "headers": [(b"content-type", b"application/json")]}
    sent = []
    async def receive():
        return {"type": "http.request", "body": b'{"x": 40}', "more_body": False}
    async def send(message):
        sent.append(message)
    try:
        app(head, receive, send).send(None)
    except StopIteration:
        pass
    return sent[0]["status"] == 200 and json.loads(sent[1]["body"]) == {"sum": 42}
""",
    "torch": """
import torch
from torch import nn
def work():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
    x = torch.randn(16, 1, 8, 8)
    y = (x.mean(dim=(1, 2, 3)) > 0).long()
    net(x)
    steps = torch.optim.Adam(net.parameters(), lr=0.05)
    losses = []
    for _ in range(25):
        steps.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        steps.step()
        losses.append(loss.item())
    return losses[-1] < losses[0] / 2
""",
}
FOREIGN = ("django", "celery", "pytest", "hypothesis", "playwright", "docker", "pip", "autograders.judge")


def test_every_environment_has_its_piece_of_work() -> None:
    assert set(WORK) == set(load_environments())


@pytest.mark.parametrize("environment", sorted(WORK))
def test_its_libraries_compute_in_a_jail_and_no_others_are_there(environment: str, cell: Cells) -> None:
    missing = load_environments()[environment].missing()
    assert not missing, f"the development environment lacks {missing}"
    imports = (
        "\ndef found(names):\n    import importlib\n    possible = []\n    for name in names:\n"
        "        try: importlib.import_module(name)\n        except ImportError: continue\n"
        "        possible.append(name)\n    return possible\n"
    )
    jail = cell(WORK[environment] + imports, environment, cpu_s=30, wall_s=120, memory_mb=1024, scratch_mb=64)
    assert jail.loaded, "the module's names are told"
    assert jail.call("work") is True
    others = {"numpy": ("sklearn", "scipy", "torch", "fastapi"), "sklearn": ("torch",), "torch": ("sklearn", "scipy")}
    others["service"] = ("sklearn", "scipy", "torch")
    assert jail.call("found", [*FOREIGN, *others[environment]]) == []


def test_the_numpy_environment_is_ready_in_milliseconds_not_seconds(cell: Cells) -> None:
    import time

    cell("def f():\n    return 1\n").call("f")
    taken = []
    for _ in range(5):
        started = time.monotonic()
        cell("def f():\n    return 1\n").call("f")
        taken.append(time.monotonic() - started)
    assert min(taken) < 0.5


def test_trusted_jails_may_use_what_the_author_needs_and_are_as_closed_otherwise(cell: Cells) -> None:
    source = (
        "import os\ndef f():\n    import hypothesis, pytest\n    found = {}\n"
        "    for name, action in (('fork', os.fork), ('hosts', lambda: open('/etc/hosts')),\n"
        "                         ('devices', lambda: os.listdir('/sys'))):\n"
        "        try: action()\n        except OSError: continue\n        found[name] = True\n    return found\n"
    )
    assert cell(source, side="trusted", cpu_s=10, wall_s=60).call("f") == {}


def test_it_does_not_matter_by_which_link_the_packages_are_reached(tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.symlink_to(sys.prefix)
    problem = PROBLEMS / "double"
    command = [
        str(linked / "bin" / "python"),
        "-m",
        "autograders",
        "grade",
        str(problem),
        str(problem / "reference.py"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, cwd=Path(__file__).parents[3]
    )
    assert "double: passed, 1 of 1 points" in done.stdout, done.stdout + done.stderr
