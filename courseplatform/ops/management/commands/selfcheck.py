"""Proves that submissions are graded: sends a sample through the queue and prints its report."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courseplatform.ops.selfcheck import SelfCheckError, measure, run_sample


class Command(BaseCommand):
    """Needs web's database, the broker and a worker; exits with 1 where the sample is not graded in full."""

    help = "Send a sample submission through the queue, wait, and print its report."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """How long to wait, and whether to measure."""
        parser.add_argument("--timeout", type=float, default=180.0, help="seconds to wait for the verdict")
        parser.add_argument("--measure", type=int, default=0, metavar="N", help="time N samples, then N at once")

    def handle(self, *args: Any, **options: Any) -> None:
        """One sentence where it fails."""
        try:
            checked = run_sample(options["timeout"])
            figures = measure(options["measure"], options["timeout"]) if options["measure"] > 0 else None
        except SelfCheckError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(checked.render())
        self.stdout.write(f"Graded in {checked.seconds:.1f} s from submission to verdict.")
        if figures is not None:
            self.stdout.write(figures.render())
        if not checked.passed:
            raise CommandError("The sample did not get full marks: read the worker's log.")
