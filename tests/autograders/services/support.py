"""A service without a jail: a socket that a thread answers on, connected without an engine."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from autograders.bench.service import Direct
from autograders.judge.services.http import Get
from autograders.judge.services.load import Check, Driver, Plan, Sample, Script
from autograders.judge.services.pool import Pool
from autograders.judge.services.reactor import Reactor

Behave = Callable[[socket.socket, bytes], None]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextmanager
def answering(behave: Behave) -> Iterator[str]:
    """A listening socket; each connection has a thread that passes every request to `behave`."""
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder) / "service")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(address)
        listener.listen(64)

        def talk(there: socket.socket) -> None:
            with there:
                try:
                    while data := there.recv(65_536):
                        behave(there, data)
                except OSError:
                    return

        def accept() -> None:
            while True:
                try:
                    there, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=talk, args=(there,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield address
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


def drive(
    behave: Behave,
    rate: float,
    seconds: float,
    connections: int = 4,
    timeout: float = 2.0,
    check: Check | None = None,
) -> tuple[Sample, Pool]:
    """Put it under a load of equal gaps."""
    with answering(behave) as address:
        reactor = Reactor()
        pool = Pool(Direct(address), reactor, "x", connections)  # type: ignore[arg-type]
        pool.open()
        plan = Plan(lambda i: Get(f"/{i}"), rate, seconds, check, "uniform", timeout)
        sample = Driver(reactor, pool, lambda: None, plan).run(Script.of(plan, np.random.default_rng(0)))
        pool.close()
        return sample, pool


def stalls_once(after: float, seconds: float) -> Behave:
    """Answers at once, but for one stall of everybody."""
    began = time.monotonic()
    lock, stalled = threading.Lock(), threading.Event()

    def behave(there: socket.socket, _: bytes) -> None:
        with lock:
            if time.monotonic() - began > after and not stalled.is_set():
                stalled.set()
                time.sleep(seconds)
        there.sendall(OK)

    return behave
