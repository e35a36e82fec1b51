"""Says what is wrong with this installation, and what to do."""

from __future__ import annotations

from typing import Any

from django.core.checks import run_checks
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from courseplatform.checks import TAG


class Command(BaseCommand):
    """Runs the site's own checks, those that take seconds included."""

    help = "Check database, content, secrets, broker and sandbox."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with 1 where something is wrong."""
        wrong = 0
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            wrong += 1
            self.stdout.write(f"The database cannot be reached: {error}  Set DATABASE_URL, or start the server.")
        for message in run_checks(tags=[TAG], include_deployment_checks=True):
            wrong += 1
            self.stdout.write(f"{message.id}: {message.msg}  {message.hint}")
        if wrong:
            raise SystemExit(1)
        self.stdout.write(
            "Database, content, secrets, broker and sandbox are in order: submissions may be graded here."
        )
