"""The page on services names every bar, field and method, with the figures of the code."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

from autograders.judge.services import dependencies, http, load, saturation
from autograders.judge.services.faults import Faults
from autograders.judge.services.fixture import MOST_CONNECTIONS
from autograders.judge.services.levels import BARS as JUDGED
from autograders.judge.services.loaded import Load
from autograders.learner.serving import LINE_LIMITS, MOST_IN_FLIGHT, MOST_LOGGED
from autograders.problem import BARS
from autograders.sandbox.seccomp import SERVING, SOCKET_QUERIES
from autograders.serving import MOST_CONNECTIONS as HANDED
from tests.autograders.services.conftest import Grade

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "services.md").read_text()
FLAT = " ".join(PAGE.split())


def test_every_bar_that_a_problem_may_state_is_judged_and_named() -> None:
    assert set(BARS) == set(JUDGED)
    for name in BARS:
        assert name in FLAT, name


def test_every_method_is_named() -> None:
    for name, found in inspect.getmembers(Load):
        if not name.startswith("_") and name not in ("sample", "figures", "only", "theirs"):
            assert found is not None
            assert f".{name}" in FLAT, name
    for name in ("slow", "dead", "wrong"):
        assert hasattr(Faults, name)
        assert f"faults.{name}(" in FLAT


def test_the_figures_are_those_of_the_code() -> None:
    assert f"{http.HEAD_BYTES >> 10} KB of head and {http.BODY_BYTES >> 20} MB of body" in FLAT
    assert f"all of a load {load.MOST_KEPT_BYTES >> 20} MB; {MOST_CONNECTIONS} connections" in FLAT
    assert MOST_CONNECTIONS == HANDED
    assert f"{load.MOST_REQUESTS:,} requests; {LINE_LIMITS.body_bytes >> 20} MB a call" in FLAT
    assert LINE_LIMITS == dependencies.LINE_LIMITS, "both ends of the line have the same bounds"
    assert f"{MOST_IN_FLIGHT:,} calls at once" in FLAT
    told = f"{dependencies.CALLS_AT_START:,} calls and {dependencies.CALLS_PER_REQUEST} for each request"
    assert told in FLAT
    assert MOST_LOGGED == 5
    assert "first five warnings" in FLAT
    assert f"by factors of {saturation.FACTOR}, {saturation.STEP_SECONDS} s each" in FLAT
    assert len(SOCKET_QUERIES) == 5
    for name in SERVING:
        assert f"`{name}`" in FLAT


def test_the_example_works_as_it_stands(grade: Grade) -> None:
    table = PAGE.split("```toml\n")[1].split("```")[0]
    level = tomllib.loads(table)["service"]["slo"][0]
    assert set(level) - {"rate", "seconds", "arrivals", "timeout"} <= set(BARS)
    grader = PAGE.split("```python\n")[1].split("```")[0]
    source = (
        "from fastapi import FastAPI\n\n\ndef create_app(features):\n    app, seen = FastAPI(), {}\n\n"
        "    @app.get('/weight')\n    async def weight(user: str):\n        try:\n"
        "            seen[user] = await features.get(user)\n        except ConnectionError:\n            pass\n"
        "        return {'weight': seen[user]}\n\n    return app\n"
    )
    found = grade(source, grader=grader, reference=source)
    assert {check.outcome for check in found.values()} == {"passed"}, found
    assert len(found) == 2
