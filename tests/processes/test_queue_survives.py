"""What is handed in is graded once, whatever dies meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.processes.support import ROOT, Site, site, wait

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

SUBMISSIONS = 100
KILL_AT = (10, 35, 70)
FLUSH_AT = 50
# Attempts at runs: the run's number and which attempt at it.
Held = set[tuple[int | str, ...]]


@pytest.fixture(params=["embedded", "redis-server"])
def running(request: pytest.FixtureRequest) -> Iterator[Site]:
    if request.param == "redis-server" and shutil.which("redis-server") is None:
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            pytest.fail("there is no redis-server, and in CI nothing is skipped: apt install redis-server")
        pytest.skip("there is no redis-server: apt install redis-server")
    yield from site(request.param)


def test_a_hundred_submissions_are_graded_once_each_though_workers_die_and_the_broker_forgets(running: Site) -> None:
    running.run("-m", "tests.processes.hand_in", str(SUBMISSIONS))
    assert running.count("queued") == SUBMISSIONS
    running.start("worker", running.plan.worker())
    running.start("scheduler", running.plan.scheduler())

    held: Held = set()
    for target in sorted((*KILL_AT, FLUSH_AT)):
        wait(lambda target=target: running.count("done") >= target, 200, f"{target} are graded")  # type: ignore[misc]
        if target == FLUSH_AT:
            with closing(running.client()) as client:
                client.flushall()
            continue
        held |= kill_while_it_grades(running, held)
        running.start("worker", running.plan.worker())
    wait(lambda: running.count("done") == SUBMISSIONS, 300, "all are graded")

    # A message that was sent twice finds nothing to do: give it time to try.
    time.sleep(3)
    assert len(held) >= len(KILL_AT), "each worker held a run when it was killed"
    assert_graded_once_each(running)
    lost = running.rows("SELECT count(*) FROM assignments_fault WHERE kind = 'worker lost'")
    assert lost == [(len(held),)], "each run that a dead worker held is noted once"


def kill_while_it_grades(running: Site, before: Held) -> Held:
    """Kill the worker in the middle of a run; gives the attempts it held, not those that died `before`."""
    while True:
        wait(lambda: bool(attempts_under_way(running) - before), 60, "a run is being graded")
        running.kill("worker")
        if held := attempts_under_way(running) - before:
            return held
        # It had ended its run just before it was killed.
        running.start("worker", running.plan.worker())


def attempts_under_way(running: Site) -> Held:
    return set(running.rows("SELECT id, attempts FROM assignments_gradingrun WHERE state = 'grading'"))


def assert_graded_once_each(running: Site) -> None:
    states = running.rows("SELECT state, outcome, recorded, count(*) FROM assignments_gradingrun GROUP BY 1, 2, 3")
    assert states == [("done", "passed", 1, SUBMISSIONS)]
    assert running.rows("SELECT count(*), count(DISTINCT submission_id) FROM assignments_gradingrun") == [
        (SUBMISSIONS, SUBMISSIONS)
    ]
    assert running.rows("SELECT count(*), count(DISTINCT run_id) FROM assignments_checkrecord") == [
        (SUBMISSIONS, SUBMISSIONS)
    ]


def test_a_run_waits_through_a_broker_that_is_away_when_it_is_handed_in(running: Site) -> None:
    running.kill("broker")
    began = time.monotonic()
    running.run("-m", "tests.processes.hand_in", "1")
    assert time.monotonic() - began < 30, "handing in does not hang on a broker that is away"
    running.start_broker()
    running.start("worker", running.plan.worker())
    running.start("scheduler", running.plan.scheduler())
    wait(lambda: running.count("done") == 1, 90, "the run is graded")
    assert running.rows("SELECT recorded FROM assignments_gradingrun") == [(1,)]


def test_a_broker_that_starts_anew_finds_its_worker_again(running: Site) -> None:
    running.start("worker", running.plan.worker())
    running.start("scheduler", running.plan.scheduler())
    running.run("-m", "tests.processes.hand_in", "5")
    wait(lambda: running.count("done") >= 1, 90, "grading has begun")
    running.kill("broker")
    time.sleep(1)
    running.start_broker()
    running.run("-m", "tests.processes.hand_in", "10")
    wait(lambda: running.count("done") == 10, 120, "all are graded")
    assert running.rows("SELECT DISTINCT recorded FROM assignments_gradingrun") == [(1,)]


def test_two_browsers_that_press_the_same_buttons_at_once_hand_in_once(running: Site) -> None:
    command = [sys.executable, "-m", "tests.processes.hand_in", "20"]
    pressing = [subprocess.Popen(command, cwd=ROOT, env=running.environment) for _ in range(2)]
    assert [process.wait(120) for process in pressing] == [0, 0]
    assert running.rows("SELECT count(*) FROM assignments_submission") == [(20,)]
    assert running.count("queued") == 20
