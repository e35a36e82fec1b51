"""Who waits for the timed core gets it in turn: those for whom somebody waits first, then who came first."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograders.lanes import Lane, Priority, lane_folder
from autograders.sandbox import SandboxUnavailable

CORE = 1_000
WAITER = "from autograders.lanes import Lane\nLane({core}, {priority!r}).enter()\n"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADING_LANE_DIR", str(tmp_path / "lanes"))


def soon(so: Callable[[], bool]) -> None:
    """Wait until something is so; what never is fails the test."""
    deadline = time.monotonic() + 60
    while not so():
        assert time.monotonic() < deadline, "waited a minute in vain"
        time.sleep(0.005)


def waiting() -> int:
    return sum(path.name.startswith("waits-") for path in lane_folder().iterdir())


class Turns:
    """Threads that wait for the lane, each known to wait before the next one comes, and the order they had it in."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.threads: list[threading.Thread] = []

    def wait(self, name: str, priority: Priority) -> None:
        before = waiting()
        self.threads.append(threading.Thread(target=self._take, args=[name, priority], daemon=True))
        self.threads[-1].start()
        soon(lambda: waiting() == before + 1)

    def _take(self, name: str, priority: Priority) -> None:
        lane = Lane(CORE, priority)
        lane.enter()
        self.order.append(name)
        lane.leave()

    def all_done(self) -> list[str]:
        for thread in self.threads:
            thread.join(60)
        return self.order


def test_who_is_waited_for_goes_first_and_equals_in_the_order_they_came() -> None:
    holder, turns = Lane(CORE, "bulk"), Turns()
    holder.enter()
    arrivals: list[tuple[str, Priority]] = [
        ("regrade 1", "bulk"),
        ("bob", "interactive"),
        ("regrade 2", "bulk"),
        ("charlie", "interactive"),
        ("ada", "interactive"),
        ("regrade 3", "bulk"),
    ]
    for name, priority in arrivals:
        turns.wait(name, priority)
    assert turns.order == [], "what is held is not taken away"
    holder.leave()
    assert turns.all_done() == ["bob", "charlie", "ada", "regrade 1", "regrade 2", "regrade 3"]
    assert waiting() == 0


def test_one_core_does_not_wait_for_another() -> None:
    here, there = Lane(CORE), Lane(CORE + 1)
    here.enter()
    assert there.enter() == CORE + 1
    here.leave()
    there.leave()


def test_a_bulk_holder_learns_that_somebody_waits_and_an_interactive_one_that_nobody_goes_before_it() -> None:
    for priority, outranked in (("bulk", True), ("interactive", False)):
        holder, turns = Lane(CORE, priority), Turns()  # type: ignore[arg-type]
        holder.enter()
        turns.wait("regrade", "bulk")
        assert not holder.outranked(), "an equal waits its turn"
        turns.wait("bob", "interactive")
        assert holder.outranked() is outranked
        holder.leave()
        assert turns.all_done() == ["bob", "regrade"]


@pytest.mark.parametrize("priority", ["interactive", "bulk"])
def test_nobody_waits_for_one_who_was_killed_while_he_waited(priority: Priority) -> None:
    holder, turns = Lane(CORE), Turns()
    holder.enter()
    doomed = subprocess.Popen([sys.executable, "-c", WAITER.format(core=CORE, priority=priority)])
    soon(lambda: waiting() == 1)
    turns.wait("regrade", "bulk")
    doomed.kill()
    doomed.wait()
    holder.leave()
    assert turns.all_done() == ["regrade"]
    assert waiting() == 0, "the ticket of the dead is gone"


def test_many_threads_and_processes_never_hold_it_at_once() -> None:
    holding, most, lock = 0, 0, threading.Lock()

    def work(priority: Priority) -> None:
        nonlocal holding, most
        lane = Lane(CORE, priority)
        for _ in range(15):
            lane.enter()
            with lock:
                holding += 1
                most = max(most, holding)
            time.sleep(0.0005)
            with lock:
                holding -= 1
            lane.leave()

    code = f"from autograders.lanes import Lane\nfor _ in range(40):\n    l = Lane({CORE}); l.enter(); l.leave()\n"
    others = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    kinds: list[Priority] = ["interactive", "bulk", "interactive", "bulk", "bulk"]
    threads = [threading.Thread(target=work, args=[kind], daemon=True) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "nobody waits for ever"
    assert [other.wait(120) for other in others] == [0, 0]
    assert most == 1


def test_the_wait_is_counted_and_no_wait_is_next_to_none() -> None:
    first, second = Lane(CORE), Lane(CORE)
    first.enter()
    thread = threading.Thread(target=second.enter, daemon=True)
    thread.start()
    soon(lambda: waiting() == 1)
    time.sleep(0.2)
    assert second.waited_s == 0.0
    first.leave()
    thread.join(60)
    assert second.waited_s >= 0.2
    counted = second.waited_s
    second.enter()
    assert second.waited_s == counted, "who has it need not wait for it"
    second.leave()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADING_LANE_DIR", str(tmp_path / "file" / "lanes"))
    with pytest.raises(SandboxUnavailable, match=r"file/lanes cannot be used.*set GRADING_LANE_DIR to a folder"):
        Lane(CORE).enter()
