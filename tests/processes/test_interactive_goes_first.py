"""Who hands in while everything is graded again is graded next, by whichever broker the message comes."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.processes.support import Site, site, wait

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

# So many for each slot, of so many seconds: it lasts longer than it takes to hand in.
BACKLOG, EACH_S = 15, 0.6
# A run that is claimed before its sender has noted that it was sent is never noted so.
LANES_QUERY = (
    "SELECT lane, julianday(started), julianday(finished), julianday(coalesce(sent, queued)) "
    "FROM assignments_gradingrun"
)
DAY_S = 86_400


@pytest.fixture(params=["embedded", "redis-server"])
def running(request: pytest.FixtureRequest) -> Iterator[Site]:
    if request.param == "redis-server" and shutil.which("redis-server") is None:
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            pytest.fail("there is no redis-server, and in CI nothing is skipped: apt install redis-server")
        pytest.skip("there is no redis-server: apt install redis-server")
    yield from site(request.param)


def with_backlog(running: Site, count: int, slots: int, seconds: float = 0) -> None:
    """Queue so many bulk runs, each with one message in the bulk queue and none elsewhere; then start the worker."""
    running.run("-m", "tests.processes.hand_in", str(count), "--bulk", "--seconds", str(seconds))
    with closing(running.client()) as client:
        client.delete("interactive")
        assert client.llen("bulk") == count
    running.start("worker", replace(running.plan, concurrency=slots).worker())


def runs(running: Site, lane: str) -> list[tuple[float, float, float]]:
    """When runs of a lane were started, finished and sent, in seconds."""
    return [
        (float(started) * DAY_S, float(finished) * DAY_S, float(sent) * DAY_S)
        for found, started, finished, sent in running.rows(LANES_QUERY)
        if found == lane
    ]


@pytest.mark.parametrize("slots", [1, 3])
def test_a_new_submission_is_graded_before_the_backlog(running: Site, slots: int) -> None:
    count = BACKLOG * slots
    with_backlog(running, count, slots, EACH_S)
    wait(lambda: running.count("done") >= 1, 120, "grading has begun")
    running.run("-m", "tests.processes.hand_in", "1", "--first", str(count))
    wait(lambda: running.count("done") == count + 1, 300, "all are graded")
    ((started, _, sent),) = runs(running, "interactive")
    bulk = runs(running, "bulk")
    assert sum(begun > started for begun, _, _ in bulk) > 0, "there was a backlog when it was handed in"
    # Each slot may have looked for those who wait just before it came.
    assert sum(sent < begun < started for begun, _, _ in bulk) <= slots


def test_of_two_slots_one_grades_no_bulk(running: Site) -> None:
    with_backlog(running, 3, slots=2, seconds=5)
    wait(lambda: running.count("grading") == 1, 120, "grading has begun")
    running.run("-m", "tests.processes.hand_in", "1", "--first", "3")
    wait(lambda: running.count("done") == 4, 300, "all are graded")
    ((started, finished, sent),) = runs(running, "interactive")
    bulk = sorted(runs(running, "bulk"))
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(bulk)), "never two at once"
    assert any(began < sent and started < ended for began, ended, _ in bulk), "it was graded beside one, not after it"
    assert finished < bulk[-1][1]
