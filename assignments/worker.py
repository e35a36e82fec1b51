"""A worker process: what it holds, and its heartbeat that keeps hold of it."""

from __future__ import annotations

import logging
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from assignments.models import GradingRun, WorkerSeen

log = logging.getLogger(__name__)


class Describes(Protocol):
    """What a worker says of its sandbox on the operations page."""

    def state(self) -> str:
        """A few words."""


class Worker:
    """Renews the leases of the runs this process grades, and says that it lives.

    `slots` is how many runs it grades at once. Of several, one takes no bulk, so that who hands in
    while everything is graded again waits for nobody's bulk to end.
    """

    def __init__(self, name: str, sandbox: Describes, slots: int = 1) -> None:
        self.name, self.sandbox = name[:120], sandbox
        self._held: dict[uuid.UUID, int] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._bulk = threading.BoundedSemaphore(max(1, slots - 1))
        self.leaving = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Say that the worker lives, now and every few seconds."""
        now = timezone.now()
        WorkerSeen.objects.update_or_create(
            name=self.name,
            defaults={
                "host": socket.gethostname()[:120],
                "started": now,
                "seen": now,
                "busy_with": None,
                "placement": settings.SANDBOX,
                "sandbox_state": self.sandbox.state()[:200],
            },
        )
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the heartbeat and take the worker off the operations page."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        WorkerSeen.objects.filter(name=self.name).delete()

    @contextmanager
    def holding(self, token: uuid.UUID, run_id: int) -> Iterator[None]:
        """Keep the lease of a claimed run while the block runs."""
        with self._lock:
            self._held[token] = run_id
        try:
            yield
        finally:
            with self._lock:
                del self._held[token]

    @contextmanager
    def bulk_slot(self, seconds: float) -> Iterator[bool]:
        """A slot for a bulk run while the block runs; gives whether there was one within so many seconds."""
        taken = self._bulk.acquire(timeout=seconds)
        try:
            yield taken
        finally:
            if taken:
                self._bulk.release()

    def beat(self) -> None:
        """Renew every lease held, and say what is being graded."""
        with self._lock:
            held = dict(self._held)
        now = timezone.now()
        if held:
            GradingRun.objects.filter(claim_token__in=list(held), state=GradingRun.State.GRADING).update(
                lease_until=now + timedelta(seconds=settings.GRADING_LEASE_SECONDS)
            )
        WorkerSeen.objects.filter(name=self.name).update(
            seen=now, busy_with=next(iter(held.values()), None), sandbox_state=self.sandbox.state()[:200]
        )

    def _run(self) -> None:
        while not self._ended.wait(settings.GRADING_HEARTBEAT_SECONDS):
            try:
                close_old_connections()
                self.beat()
            except DatabaseError as error:
                log.warning("heartbeat: %s", error)
        connection.close()
