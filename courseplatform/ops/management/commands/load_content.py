"""Loads the content folder into the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from courseplatform.curriculum.loading import load_content


class Command(BaseCommand):
    """Loading twice changes nothing; a folder at fault is named and the others are loaded."""

    help = "Load chapters and problems from the content folder."

    def add_arguments(self, parser: CommandParser) -> None:
        """Another folder than CONTENT_DIR."""
        parser.add_argument("folder", nargs="?", type=Path, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the counts; exit with 1 where a folder was at fault."""
        loaded = load_content((options["folder"] or settings.CONTENT_DIR).resolve())
        self.stdout.write(
            f"{loaded.problems} problems in {loaded.chapters} chapters; "
            f"{loaded.new_versions} new versions, {loaded.closed} closed."
        )
        if loaded.errors:
            raise CommandError("\n".join(loaded.errors))
