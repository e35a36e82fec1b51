"""Runs the whole site on this machine: what `make run` calls."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from assignments.models import GradingRun
from courseplatform.curriculum.loading import load_content
from courseplatform.env import env_int
from courseplatform.ops import preflight
from courseplatform.ops.errors import OpsError
from courseplatform.ops.people import Password, make_demo_people
from courseplatform.ops.sandbox import advice
from courseplatform.ops.selfcheck import SelfCheckError, run_sample
from courseplatform.ops.supervisor import Plan, Stopped, Supervisor, stop_on_signals

SAMPLE_S = 180.0


def take_up_what_was_left() -> None:
    """A broker of our own has just started and knows of nothing, and no worker of before lives: wait for neither."""
    GradingRun.objects.filter(state=GradingRun.State.QUEUED).update(sent=None)
    GradingRun.objects.filter(state=GradingRun.State.GRADING).update(lease_until=timezone.now())


class Command(BaseCommand):
    """Prepare, start everything, grade a sample, serve until stopped."""

    help = "Run the whole site on this machine until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The port may also come from PORT, the address from BIND."""
        parser.add_argument("--host", default=os.environ.get("BIND") or "127.0.0.1")
        parser.add_argument("--port", type=int, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Every failure is one sentence; status 2 where nothing was started, 1 where it did not hold."""
        stop_on_signals()
        self.began = time.monotonic()
        plan = Plan(
            host=options["host"],
            port=options["port"] or env_int("PORT", 8000, 1, 65_535),
            var=settings.VAR_DIR,
            concurrency=settings.GRADING_CONCURRENCY,
            redis_url=settings.REDIS_URL,
            broker_socket=settings.BROKER_SOCKET,
        )
        try:
            with preflight.take_lock(plan.var) as lock:
                lock.truncate(0)
                lock.write(f"{os.getpid()}\n")
                lock.flush()
                self.serve(self.prepare(plan))
        except OpsError as error:
            self.fail(error, 2)
        except Stopped:
            self.say("Stopped before anything was served.")

    def prepare(self, plan: Plan) -> Plan:
        """All that can be known and done before a process is started; the plan as this machine allows it."""
        with self.step("Checking this machine") as note:
            preflight.check_python(sys.version_info[:2])
            preflight.check_disk(plan.var)
            preflight.check_port(plan.host, plan.port)
        with self.step("Trying the sandbox") as note:
            plan = self.try_sandbox(plan, note)
        with self.step("Preparing the database") as note:
            try:
                note(self.migrate())
            except DatabaseError as error:
                raise OpsError(f"The database cannot be used ({error}): make room, or set DATABASE_URL.") from None
        with self.step("Loading the content") as note:
            loaded = load_content(settings.CONTENT_DIR)
            note(f"{loaded.problems} problems in {loaded.chapters} chapters, {loaded.new_versions} new")
        for fault in loaded.errors:
            self.say(f"           left out: {fault}")
        self.show_passwords(make_demo_people())
        return plan

    def try_sandbox(self, plan: Plan, note: Callable[[str], None]) -> Plan:
        """A site whose sandbox does not hold starts all the same, and grades nothing."""
        try:
            note(preflight.check_sandbox(settings.SANDBOX))
        except OpsError as error:
            note("it does not hold")
            self.cannot_grade = f"{error} {advice(settings.SANDBOX)} Until then submissions wait in the queue."
            return dataclasses.replace(plan, grades=False)
        return plan

    def serve(self, plan: Plan) -> None:
        """Start the processes, prove that they grade, and watch them."""
        supervisor = Supervisor(plan)
        try:
            with self.step("Starting broker, web, worker and scheduler"):
                supervisor.start_broker()
                if not plan.redis_url:
                    take_up_what_was_left()
                supervisor.start_site()
            if plan.grades:
                self.grade_sample(plan)
            else:
                self.say(f"\nNothing is graded here. {self.cannot_grade}")
            connection.close()
            self.say(f"\nServing {plan.address} after {self.elapsed():.1f} s. Ctrl-C stops everything.")
            supervisor.watch()
        except Stopped:
            self.say("\nStopping...")
        except (OpsError, SelfCheckError) as error:
            supervisor.stop()
            self.fail(error, 1)
        finally:
            supervisor.stop()
        self.say("Stopped.")

    def grade_sample(self, plan: Plan) -> None:
        """Send one submission through all the processes; raises SelfCheckError."""
        with self.step("Grading a sample submission through the queue") as note:
            checked = run_sample(SAMPLE_S)
            note(f"{checked.seconds:.1f} s from submission to verdict")
        self.say(checked.render())
        if not checked.passed:
            raise SelfCheckError(f"The sample did not get full marks: read {plan.log('worker')}.")

    def migrate(self) -> str:
        """Bring the database up to date; a database that is so already costs no time."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            return "up to date"
        call_command("migrate", interactive=False, verbosity=0)
        return f"{len(plan)} migrations"

    def show_passwords(self, made: list[Password]) -> None:
        """Passwords are shown when they are made, and never again."""
        if not made:
            self.say("           Demo people are there; forgotten passwords: manage.py demo --reset-passwords")
            return
        self.say("           Demo people (these passwords are shown once):")
        for person in made:
            self.say(f"             {person.username:<6} {person.password}   {person.role}")

    @contextmanager
    def step(self, title: str) -> Iterator[Any]:
        """One line of progress: when it ended, what it was, what there is to say of it."""
        notes: list[str] = []
        began = time.monotonic()
        if sys.stdout.isatty():
            self.stdout.write(f"           {title}...", ending="\r")
            self.stdout.flush()
        yield notes.append
        took = time.monotonic() - began
        told = f": {', '.join(notes)}" if notes else ""
        self.say(f"[{self.elapsed():6.1f} s] {title}{told} ({took:.1f} s)")

    def say(self, text: str) -> None:
        """A line, at once even into a pipe."""
        self.stdout.write(text)
        self.stdout.flush()

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def fail(self, error: Exception, status: int) -> None:
        """End with a sentence."""
        self.stdout.flush()
        self.stderr.write(str(error))
        raise SystemExit(status)
