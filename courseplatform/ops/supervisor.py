"""The supervisor: starts broker, web, worker and scheduler, watches them, and stops exactly what it started."""

from __future__ import annotations

import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from courseplatform.ops import broker
from courseplatform.ops.children import Child, wait_until
from courseplatform.ops.errors import OpsError
from courseplatform.ops.sandbox import untimed_cores

START_S = 60.0
GRACE_S = 10.0
# Who is asked to stop first: those who take work, then those they lean on.
STOP_ORDER = ("scheduler", "worker", "web", "broker")


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


@dataclass(frozen=True)
class Plan:
    """What is to be started, and where."""

    host: str
    port: int
    var: Path
    concurrency: int
    redis_url: str
    broker_socket: Path
    grades: bool = True

    @property
    def address(self) -> str:
        """Where the site is reached."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def log(self, name: str) -> Path:
        """The log of one child."""
        return self.var / "log" / f"{name}.log"

    def web(self) -> list[str]:
        """The command of the web process."""
        bind = self.address.removeprefix("http://")
        return [
            *(sys.executable, "-m", "gunicorn", "courseplatform.wsgi:application", "--bind", bind),
            *("--worker-class", "gthread", "--workers", "1", "--threads", "8", "--graceful-timeout", "5"),
            "--no-control-socket",
        ]

    def worker(self) -> list[str]:
        """The command of the grading worker; threads are enough, submissions run in processes of their own.

        Where no sandbox holds it takes no submission: they stay in the queue.
        """
        queues = "sweep,interactive,bulk" if self.grades else "sweep"
        return [
            *(sys.executable, "-m", "celery", "-A", "courseplatform", "worker", "-P", "threads"),
            *("-c", str(self.concurrency), "-Q", queues, "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle"),
        ]

    def scheduler(self) -> list[str]:
        """The command of the scheduler."""
        schedule = str(self.var / "beat-schedule")
        return [
            *(sys.executable, "-m", "celery", "-A", "courseplatform", "beat"),
            *("--loglevel", "INFO", "--schedule", schedule, "--pidfile", ""),
        ]


@dataclass
class Supervisor:
    """The children and their fate."""

    plan: Plan
    children: dict[str, Child] = field(default_factory=dict)

    def start_broker(self) -> None:
        """Start the embedded broker, unless a Redis server was named."""
        if self.plan.redis_url:
            return
        socket_path = self.plan.broker_socket
        socket_path.unlink(missing_ok=True)
        self._start("broker", broker.broker_command(socket_path, self.plan.var / "broker"))
        self._wait("broker", lambda: broker.answers(socket_path))

    def start_site(self) -> None:
        """Start web, worker and scheduler, and wait until pages are served."""
        self._start("web", self.plan.web())
        self._start("worker", self.plan.worker())
        self._start("scheduler", self.plan.scheduler())
        self._wait("web", lambda: answers(f"{self.plan.address}/healthz"))

    def _start(self, name: str, command: list[str]) -> None:
        # The worker leaves the core of timed checks by itself: it must know which cores there are.
        cores = untimed_cores() if self.plan.grades and name != "worker" else ()
        self.children[name] = Child(name, command, self.plan.log(name), cores=cores)

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        if not wait_until(ready, list(self.children.values()), START_S):
            self.check()
            raise OpsError(f"{name} was not ready within {START_S:g} s: read {self.plan.log(name)}.")

    def check(self) -> None:
        """Raises OpsError when a child has ended by itself, with the end of its log."""
        for child in self.children.values():
            if not child.is_alive:
                code = child.process.returncode
                how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
                raise OpsError(f"{child.name} {how}; the last lines of {child.log}:\n{child.tail()}")

    def watch(self) -> None:
        """Stay until a child ends or somebody asks to stop."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop every child, politely first; the broker last, for the others lean on it."""
        for name in STOP_ORDER[:-1]:
            if name in self.children:
                self.children[name].ask_to_stop()
        deadline = time.monotonic() + GRACE_S
        for name in STOP_ORDER:
            if name in self.children:
                self.children[name].ask_to_stop()
                self.children[name].make_stop(max(0.5, deadline - time.monotonic()))


def answers(address: str) -> bool:
    """A page is served there."""
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def stop_on_signals() -> None:
    """Turn Ctrl-C, SIGTERM and a closed terminal into `Stopped`; asked again, nothing more happens."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
