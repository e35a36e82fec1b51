"""Puts runs that broke back in the queue."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assignments.models import GradingRun
from assignments.queueing import requeue


class Command(BaseCommand):
    """After the cause is mended: the runs get all their attempts again."""

    help = "Put broken runs back in the queue, by submission, or all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which runs."""
        parser.add_argument("submission", nargs="*", type=uuid.UUID)
        parser.add_argument("--all", action="store_true", help="every broken run")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many were put back."""
        runs = GradingRun.objects.filter(state=GradingRun.State.BROKEN)
        if not options["all"]:
            if not options["submission"]:
                raise CommandError("Name the submissions, or say --all.")
            runs = runs.filter(submission_id__in=options["submission"])
        self.stdout.write(f"{sum(requeue(run) for run in runs)} put back in the queue.")
