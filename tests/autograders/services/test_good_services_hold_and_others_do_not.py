"""The reference passes its own level; what is slow, blocked, wrong under concurrency or dead does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograders.problem import load_problem
from autograders.sandbox import Sandbox
from autograders.sandbox.local import LocalSandbox
from autograders.sandbox.lockdown import Tier
from tests.autograders.services.conftest import REFERENCE, Grade, app
from tests.autograders.support import report_of, tiny

LEVEL = "test_holds_its_level"
QUICK = {"seconds = 2": "seconds = 2\ntimeout = 1"}
RIGHT = "return {'user': user, 'score': x * await features.get(user)}"
# Each with what its learner is told.
BAD = {
    "waits in each request": (app(f"await asyncio.sleep(0.4)\n{RIGHT}"), "at most 250 ms; the reference:"),
    "forges its timing headers": (
        app(
            f"await asyncio.sleep(0.4)\n{RIGHT}",
            "@app.middleware('http')\nasync def forge(request, go):\n    answer = await go(request)\n"
            "    answer.headers['server-timing'] = 'total;dur=0.1'\n"
            "    answer.headers['x-response-time'] = '0.1'\n    answer.headers['age'] = '0'\n    return answer",
        ),
        "at most 250 ms; the reference:",
    ),
    "blocks its event loop": (app(f"time.sleep(0.02)\n{RIGHT}"), "at most 250 ms; the reference:"),
    "shares what belongs to one request": (
        app(
            "now['user'] = user\nweight = await features.get(user)\nawait asyncio.sleep(0.02)\n"
            "return {'user': now['user'], 'score': x * weight}",
            "now = {}",
        ),
        "another score, or another user's",
    ),
    "answers with an error now and then": (
        app("now['n'] += 1\nif now['n'] % 40 == 0:\n    raise RuntimeError('again')\n" + RIGHT, "now = {'n': 0}"),
        "status 500",
    ),
    "leaves": (app("now['n'] += 1\nif now['n'] > 60:\n    os._exit(3)\n" + RIGHT, "now = {'n': 0}"), "status 3"),
}


def test_the_reference_passes_all_and_its_figures_are_told(grade: Grade) -> None:
    found = grade(REFERENCE, "test_answers", LEVEL, "test_survives_its_store")
    assert {check.outcome for check in found.values()} == {"passed"}, found
    detail = found[LEVEL].detail
    assert detail["kind"] == "service"
    (load,) = detail["loads"]
    assert [row["measure"] for row in load["rows"]] == ["errors", "p99_ms", "p50_ratio"]
    # On a host that is busy enough the reference itself may be too slow for a bar in milliseconds.
    assert {row["verdict"] for row in load["rows"]} <= {"met", "undecided"}
    for side in ("solution", "reference"):
        figures = load[side]
        assert 120 < figures["count"] < 450
        assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]
        assert figures["errors"] == 0
        assert len(load["quantiles"][side]) == len(load["quantiles"]["share"])
    assert load["solution"]["count"] == load["reference"]["count"], "both are driven by the same arrivals"


@pytest.mark.parametrize("name", BAD)
def test_a_service_that_does_not_hold_fails_and_is_told_why(name: str, grade: Grade) -> None:
    source, told = BAD[name]
    check = grade(source, LEVEL, settings=QUICK)[LEVEL]
    assert check.outcome == "failed", check
    assert told in check.message, check.message


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def create_app(features):\n    raise RuntimeError('no model')\n", "RuntimeError: no model"),
        ("def create_app():\n    return None\n", "TypeError"),
        ("create_app = None\n", "TypeError"),
        (
            "from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\n\n\ndef create_app(features):\n"
            "    @asynccontextmanager\n    async def life(app):\n        raise OSError('no weights')\n        yield\n\n"
            "    return FastAPI(lifespan=life)\n",
            "no weights",
        ),
        ("import os\n\n\ndef create_app(features):\n    os._exit(4)\n", "status 4"),
    ],
    ids=["raises", "takes no dependency", "is nothing", "fails in its lifespan", "leaves"],
)
def test_a_service_that_does_not_start_fails_with_the_reason(source: str, told: str, grade: Grade) -> None:
    check = grade(source, "test_answers")["test_answers"]
    assert check.outcome == "failed"
    assert told in check.message


def test_a_service_that_answers_nobody_fails_by_timeout_and_nothing_hangs(grade: Grade) -> None:
    check = grade(app("await asyncio.Event().wait()"), LEVEL, settings=QUICK)[LEVEL]
    assert check.outcome == "failed"
    assert "no answer within 1 s" in check.message


def test_a_service_over_its_limit_of_cpu_is_stopped_while_the_load_runs(grade: Grade) -> None:
    burning = app(RIGHT, "def burn():\n    while True: pass\nthreading.Thread(target=burn, daemon=True).start()")
    body = "with service.start({'features': FeatureStore(rng)}) as running:\n    running.load(asking(rng), 20, 30)"
    check = grade(burning, body=body, settings={"cpu_s = 60": "cpu_s = 2"})["test_it"]
    assert check.outcome == "failed"
    assert "CPU limit of 2 s" in check.message


def test_a_service_that_computes_while_the_reference_is_driven_is_not_excused_by_it(grade: Grade) -> None:
    burning = app(RIGHT, "def burn():\n    while True: pass\nthreading.Thread(target=burn, daemon=True).start()")
    bars = {"p99_ms = 250": "p99_ms = 3", "p50_ratio = 4": "p95_ms = 3"}
    check = grade(burning, LEVEL, settings=bars)[LEVEL]
    assert check.outcome == "failed", check.detail


def test_an_absolute_bar_that_the_reference_misses_too_is_undecided_and_passes(grade: Grade) -> None:
    check = grade(REFERENCE, LEVEL, settings={"p99_ms = 250": "p99_ms = 0.2"})[LEVEL]
    assert check.outcome == "passed", check.message
    assert check.detail["decided"] is False
    verdicts = {row["measure"]: row["verdict"] for row in check.detail["loads"][0]["rows"]}
    assert verdicts["p99_ms"] == "undecided"


@pytest.mark.parametrize("tier", ["ns", "landlock"])
def test_both_tiers_of_the_sandbox_hold_a_service(tier: Tier) -> None:
    with LocalSandbox() as sandbox:
        sandbox._tier = tier
        report = report_of(tiny("scorer"), REFERENCE, sandbox, visible_only=True)
    assert report.outcome == "passed", report
    assert report.environment["sandbox"]["tier"] == tier


def test_what_a_service_prints_is_told_unless_the_check_is_hidden(
    grade: Grade, tmp_path: Path, sandbox: Sandbox
) -> None:
    source = app(f"print('heard of', user)\n{RIGHT}")
    body = "with service.start({'features': FeatureStore(rng)}) as running:\n    running.get('/score?user=user-1&x=1')"
    grade(source, body=body)
    folder = tmp_path / "scorer"
    assert "heard of user-1" in report_of(load_problem(folder), source, sandbox).output
    grader = (folder / "grader.py").read_text()
    (folder / "grader.py").write_text(grader.replace("@check(points=1)", "@check(points=1, hidden=True)"))
    report = report_of(load_problem(folder), source, sandbox)
    assert report.checks[0].hidden
    assert report.outcome == "passed"
    assert report.output == ""
