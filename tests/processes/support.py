"""A site of its own in a temporary folder: database, broker, worker and scheduler as real processes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from courseplatform.ops.broker import broker_command
from courseplatform.ops.supervisor import Plan

ROOT = Path(__file__).resolve().parents[2]
PROBLEMS = ROOT / "tests" / "data" / "problems"
# Short leases and eager sweeps, so that what takes a site half a minute takes a test seconds.
QUICK = {
    "GRADING_LEASE_SECONDS": "5",
    "GRADING_HEARTBEAT_SECONDS": "1",
    "GRADING_SWEEP_SECONDS": "1",
    "GRADING_RESEND_SECONDS": "4",
    "GRADING_BACKOFF_SECONDS": "1",
    "GRADING_MAX_ATTEMPTS": "20",
    "GRADING_WAITING_PER_PERSON": "1000",
    "GRADING_CONCURRENCY": "2",
    "SANDBOX": "local",
    "DEBUG": "no",
    "HOSTED": "no",
}


def make_content(folder: Path, *names: str) -> Path:
    """A content folder with one chapter of the test problems."""
    chapter = folder / "01-trying"
    chapter.mkdir(parents=True)
    (chapter / "chapter.toml").write_text('number = "01"\ntitle = "Trying"\nsummary = "For trying things out."\n')
    for name in names:
        shutil.copytree(PROBLEMS / name, chapter / name)
    return folder


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """The processes of one site and its database."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.folder, self.broker = folder, broker
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.var = folder / "var"
        self.var.mkdir()
        content = make_content(folder / "content", "double")
        self.socket = self.var / "broker.sock"
        self.port = free_port()
        self.redis_url = "" if broker == "embedded" else f"redis://127.0.0.1:{self.port}/0"
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        self.environment = kept | QUICK | {"VAR_DIR": str(self.var), "CONTENT_DIR": str(content)}
        if self.redis_url:
            self.environment["REDIS_URL"] = self.redis_url
        self.plan = Plan("127.0.0.1", free_port(), self.var, 2, self.redis_url, self.socket)

    def start(self, name: str, command: list[str]) -> None:
        """Start one process; its output goes to a log in the folder."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, process_group=0
            )

    def run(self, *command: str) -> str:
        """Run a command of the site to its end; gives what it printed."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_broker(self) -> None:
        """The embedded server on its socket, or Debian's redis-server on a port."""
        if self.broker == "embedded":
            self.start("broker", broker_command(self.socket, self.var / "broker"))
        else:
            options = ("--port", str(self.port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1")
            self.start("broker", ["redis-server", *options])
        wait(self.broker_answers, 20, "the broker answers")

    def client(self) -> redis.Redis:
        """A client of the broker."""
        if self.broker == "embedded":
            return redis.Redis(unix_socket_path=str(self.socket))
        return redis.Redis.from_url(self.redis_url)

    def broker_answers(self) -> bool:
        """The broker takes commands."""
        try:
            with closing(self.client()) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def kill(self, name: str) -> None:
        """SIGKILL: no goodbye of any kind."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def rows(self, query: str) -> list[tuple[int | str, ...]]:
        """Read the database past all of the site's own code."""
        with closing(sqlite3.connect(self.var / "db.sqlite3", timeout=20)) as database:
            return list(database.execute(query))

    def count(self, state: str) -> int:
        """How many runs are in a state."""
        return int(self.rows(f"SELECT count(*) FROM assignments_gradingrun WHERE state = '{state}'")[0][0])

    def stop(self) -> None:
        """End what is left, the groups with it."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something is so, or fail with its name."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s in vain until {what}")
        time.sleep(0.05)


def site(broker: str) -> Iterator[Site]:
    """A prepared site, and nothing of it afterwards. Its folder's name is short, for sockets have short names."""
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    made = Site(folder, broker)
    try:
        made.run("manage.py", "migrate", "-v", "0")
        made.run("manage.py", "load_content")
        made.start_broker()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
