"""`up`: starts everything, proves that it grades, serves, and stops exactly what it started."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from courseplatform.ops.supervisor import answers
from tests.processes.support import QUICK, ROOT, free_port, make_content, wait

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

NAMES = {"broker": "valkey-server", "web": "gunicorn", "worker": "worker", "scheduler": "beat"}


class Up:
    """One `manage.py up` in a folder of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.output = folder / "output"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        content = folder / "content"
        if not content.exists():
            make_content(content, "double")
        self.environment = kept | QUICK | {"VAR_DIR": str(folder / "var"), "CONTENT_DIR": str(content)} | settings
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )

    def command(self, port: int | None = None) -> list[str]:
        return [sys.executable, "manage.py", "up", "--port", str(port or self.port)]

    @property
    def text(self) -> str:
        return self.output.read_text()

    def serve(self) -> None:
        wait(lambda: "Serving" in self.text or self.process.poll() is not None, 120, "it serves")
        assert self.process.poll() is None, self.text

    def rows(self, query: str) -> list[tuple[int | str, ...]]:
        """Read the database past all of the site's own code."""
        with closing(sqlite3.connect(self.folder / "var" / "db.sqlite3", timeout=20)) as database:
            return list(database.execute(query))

    def family(self) -> dict[int, str]:
        """The processes that have this folder in their environment, the supervisor apart."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            # The broker writes its title over its environment; the title names its socket.
            mine = f"VAR_DIR={self.folder}/var\0".encode() in environment or f"{self.folder}/" in command
            if mine and command and int(folder.name) != self.process.pid:
                found[int(folder.name)] = command
        return found

    def pid_of(self, name: str) -> int:
        return next(pid for pid, command in sorted(self.family().items()) if NAMES[name] in command)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="up-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def up(folder: Path) -> Iterator[Up]:
    made = Up(folder)
    yield made
    made.end()


def test_it_grades_a_sample_serves_and_ctrl_c_stops_everything_it_started(up: Up, folder: Path) -> None:
    bystander = subprocess.Popen(["sleep", "300"], env=up.environment)
    try:
        up.serve()
        assert re.search(r"double: passed, 1 of 1 points", up.text)
        assert re.search(r"^ +bob +\S{16} +learns$", up.text, re.M)
        assert answers(f"http://127.0.0.1:{up.port}/healthz")
        running = up.family().values()
        assert [name for name, word in NAMES.items() if not any(word in command for command in running)] == []

        second = subprocess.run(
            up.command(free_port()), cwd=ROOT, env=up.environment, capture_output=True, text=True, timeout=60
        )
        assert second.returncode == 2
        assert re.fullmatch(r"The site is already running from .*\n", second.stderr)

        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(40) == 0
        wait(lambda: list(up.family()) == [bystander.pid], 10, "its children are gone, and only they")
        assert up.text.rstrip().endswith("Stopped.")
    finally:
        bystander.kill()
        bystander.wait()

    again = Up(folder)
    try:
        again.serve()
        assert "up to date" in again.text
        assert "manage.py demo --reset-passwords" in again.text
    finally:
        again.end()


def cores_of_threads(pid: int) -> list[set[int]]:
    """Where the threads of a process may run, those apart that end while we look."""
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):
            found.append(os.sched_getaffinity(int(thread.name)))
    return found


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="this machine has one core")
def test_nothing_that_it_starts_runs_on_the_core_of_timed_checks(up: Up) -> None:
    up.serve()
    others = os.sched_getaffinity(0) - {max(os.sched_getaffinity(0))}
    family = up.family()
    assert all(any(word in command for command in family.values()) for word in NAMES.values())
    found = [cores for pid in family for cores in cores_of_threads(pid)]
    assert len(found) >= len(family)
    assert found == [others] * len(found)


def test_when_a_child_dies_it_says_which_and_stops_the_others(up: Up) -> None:
    up.serve()
    os.kill(up.pid_of("scheduler"), signal.SIGKILL)
    assert up.process.wait(60) == 1
    assert "scheduler was ended by SIGKILL; the last lines of" in up.text
    assert "beat: Starting" in up.text
    wait(lambda: not up.family(), 10, "the others are gone")


def test_its_children_do_not_outlive_a_killed_supervisor(up: Up) -> None:
    up.serve()
    up.process.kill()
    up.process.wait()
    wait(lambda: not up.family(), 30, "nothing is left")


def test_where_no_sandbox_holds_the_site_starts_says_so_and_submissions_stay_queued(folder: Path) -> None:
    up = Up(folder, SANDBOX="docker", DOCKER_HOST="unix:///no/such/socket")
    try:
        up.serve()
        assert re.search(
            r"^Nothing is graded here\. No Docker engine answers .* Missing here: Docker engine ", up.text, re.M
        )
        assert answers(f"http://127.0.0.1:{up.port}/healthz")
        subprocess.run(
            [sys.executable, "-m", "tests.processes.hand_in", "1"],
            cwd=ROOT,
            env=up.environment,
            check=True,
            timeout=60,
        )
        # The scheduler looks for what was left behind every second; a run that was taken would count an attempt.
        seen = "SELECT count(*) FROM assignments_workerseen"
        wait(lambda: up.rows(seen) == [(1,)], 60, "the worker has said that it lives")
        time.sleep(3)
        assert up.rows("SELECT state, attempts FROM assignments_gradingrun") == [("queued", 0)]
    finally:
        up.end()


def test_a_taken_port_is_one_sentence_and_nothing_is_started(folder: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=kept | QUICK | {"VAR_DIR": str(folder / "var"), "PORT": port},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert re.fullmatch(rf"Port {port} .*\n", done.stderr)
