"""Celery's tasks: each an id and one call. What happens is in `grading` and `sweeping`."""

from __future__ import annotations

import threading
from typing import Any

from celery.signals import worker_init, worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings

from assignments import sweeping
from assignments.grading import SandboxedEngine, grade_sent, leave_timed_core
from assignments.worker import Worker
from courseplatform.celery import app

engine = SandboxedEngine(settings.SANDBOX)
workers: list[Worker] = []


@app.task
def grade(run_id: int) -> None:
    """Grade a run, if it waits."""
    grade_sent(run_id, workers[0], engine)


@app.task
def sweep() -> None:
    """Look after what was left behind."""
    sweeping.sweep()


@worker_init.connect
def begin(sender: Any, **_: Any) -> None:
    """A worker process starts: from here on its heart beats, and not on the core of timed checks."""
    leave_timed_core()
    workers.append(Worker(sender.hostname, engine, sender.concurrency))
    workers[0].start()


@worker_ready.connect
def look_after(**_: Any) -> None:
    """It takes messages now, warms up, and looks after what an earlier worker left behind."""
    threading.Thread(target=engine.warm_up, args=[workers[0].name], name="warm-up", daemon=True).start()
    sweeping.sweep()


@worker_shutting_down.connect
def leave(**_: Any) -> None:
    """It was asked to end: what is graded is graded to its end, and nothing else is begun."""
    for worker in workers:
        worker.leaving = True


@worker_shutdown.connect
def end(**_: Any) -> None:
    """A worker process ends in good order."""
    for worker in workers:
        worker.stop()
    engine.close()
