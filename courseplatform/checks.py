"""System checks: what must be true for the site to work, each with an id and what to do.

Those that take seconds run with `check --deploy` and `doctor` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

TAG = "courseplatform"
LEAST_SECRET = 32


@register(TAG)
def content_is_readable(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """The content folder is there and holds chapters."""
    folder = Path(settings.CONTENT_DIR)
    if any(folder.glob("*/chapter.toml")):
        return []
    return [
        Warning(
            f"The content folder {folder} holds no chapter.",
            hint="Set CONTENT_DIR to a folder whose subfolders hold a chapter.toml.",
            id="courseplatform.W001",
        )
    ]


@register(TAG)
def secret_is_set(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """The secret key is long enough, and a hosted site does not serve with debugging on."""
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < LEAST_SECRET:
        found.append(
            Error(
                "SECRET_KEY is too short.",
                hint="Set SECRET_KEY to the output of `openssl rand -base64 48`.",
                id="courseplatform.E001",
            )
        )
    if settings.HOSTED and settings.DEBUG:
        found.append(
            Error(
                "A hosted site runs with DEBUG on.",
                hint="Unset DEBUG: its error pages show settings to everyone.",
                id="courseplatform.E002",
            )
        )
    return found


@register(TAG, deploy=True)
def broker_is_reachable(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """The broker answers."""
    from kombu.exceptions import OperationalError

    from assignments.queueing import message_count

    try:
        message_count("interactive")
    except OperationalError as error:
        return [
            Error(
                f"The broker does not answer: {error}",
                hint="Start it with `manage.py up`, or set REDIS_URL to a Redis server that runs.",
                id="courseplatform.E003",
            )
        ]
    return []


@register(TAG, deploy=True)
def sandbox_is_usable(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """A jail opens on this host. A web host grades nothing and may leave this one failing."""
    from assignments.grading import CannotGrade, SandboxedEngine
    from courseplatform.ops.sandbox import advice

    engine = SandboxedEngine(settings.SANDBOX)
    try:
        engine.prove()
    except CannotGrade as error:
        return [
            Error(
                f"Submissions cannot be graded on this host: {error}",
                hint=advice(settings.SANDBOX),
                id="courseplatform.E004",
            )
        ]
    finally:
        engine.close()
    return []
