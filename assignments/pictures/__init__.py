"""Pictures of measurements: pure functions from a check's detail to an inline SVG with a table behind it.

Drawn on the server so that they print, need no script and can be read out: each picture carries
the same figures as rows of text. Colours are classes, so that both themes and the strict content
security policy are served by the style sheet alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assignments.pictures import costs, holdout, service
from assignments.pictures.drawing import Picture, seconds, table_rows

__all__ = ["Picture", "picture_of", "seconds", "table_rows"]

# What draws a check's detail, by its kind.
DRAWERS: dict[str, Callable[[dict[str, Any]], Picture]] = {
    "race": costs.race,
    "growth": costs.growth,
    "memory": costs.memory,
    "holdout": holdout.score,
    "holdout_staff": holdout.over_time,
    "service": service.service,
}


def picture_of(detail: dict[str, Any]) -> Picture | None:
    """The picture of a check's detail, or None where there is nothing (sound) to draw."""
    draw = DRAWERS.get(str(detail.get("kind", "")))
    if draw is None:
        return None
    try:
        return draw(detail)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None  # a report of another version: the message still says what was found
