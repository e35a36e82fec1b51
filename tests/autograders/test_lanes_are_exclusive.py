"""A core is one timed run's alone, and is free again however its holder ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograders.lanes import Lane

HOLDER = "import sys, time\nfrom autograders.lanes import Lane\nprint(Lane().enter(), flush=True)\ntime.sleep(300)\n"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADING_LANE_DIR", str(tmp_path / "lanes"))


def entered_within(lane: Lane, seconds: float) -> bool:
    """Whether a lane could be entered; the attempt goes on in the background where it could not."""
    thread = threading.Thread(target=lane.enter, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def test_the_second_waits_until_the_first_has_left() -> None:
    first, second = Lane(), Lane()
    assert first.enter() == first.enter() == first.core
    assert not entered_within(second, 0.3)
    first.leave()
    assert entered_within(Lane(core=second.core + 1), 5), "another core is another lane"
    second.leave()


def test_a_lane_is_free_again_when_its_holder_is_killed() -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    lane = Lane()
    assert not entered_within(lane, 0.3)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    other = Lane()
    other.core = lane.core
    for _ in range(100):
        if lane._fd >= 0:
            break
        threading.Event().wait(0.05)
    lane.leave()
    assert entered_within(other, 5)
    other.leave()


def test_leaving_twice_changes_nothing() -> None:
    lane = Lane()
    lane.leave()
    lane.enter()
    lane.leave()
    lane.leave()
    assert entered_within(lane, 5)
    lane.leave()
