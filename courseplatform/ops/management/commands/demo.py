"""Makes the demo people."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from courseplatform.ops.people import make_demo_people


class Command(BaseCommand):
    """ada teaches, bob learns, root administers."""

    help = "Make the demo people who are missing and print their passwords once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Passwords are kept nowhere, so a forgotten one is replaced."""
        parser.add_argument("--reset-passwords", action="store_true", help="give everyone a new password")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was made."""
        made = make_demo_people(reset=options["reset_passwords"])
        for person in made:
            self.stdout.write(f"{person.username:<6} {person.password}   {person.role}")
        if not made:
            self.stdout.write("The demo people are there; --reset-passwords gives them new passwords.")
