"""The pieces that pictures are put together from: axes, marks, labels, words for figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH = 420


@dataclass(frozen=True)
class Picture:
    """A drawing, the sentence that says what it shows, and the figures behind it."""

    kind: str
    svg: SafeString
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis: values between `low` and `high` laid on pixels `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where on the drawing a value lies; values beyond the axis lie on its end."""
        bounded = min(max(value, self.low), self.high)
        share = math.log(bounded / self.low) / math.log(self.high / self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """Round values on the axis, as many as can be told apart."""
        decades = math.log10(self.high / self.low)
        steps = (1.0, 2.0, 5.0) if decades <= 1.8 else (1.0, 3.0) if decades <= 3 else (1.0,)
        skip = 1 if decades <= 6 else 2
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        values = [step * 10.0**power for power in range(first, last + 1, skip) for step in steps]
        return [value for value in values if self.low * 0.999 <= value <= self.high * 1.001]


def seconds(value: float) -> str:
    """A time in words, with the unit that gives it two or three figures."""
    if value >= 100:
        return f"{value:.0f} s"
    if value >= 1:
        return f"{value:.2f} s"
    if value >= 1e-3:
        return f"{value * 1e3:.3g} ms"
    return f"{value * 1e6:.3g} µs"


def times(value: float) -> str:
    """A ratio as people say it."""
    return f"{value:.0f}×" if value >= 100 else f"{value:.3g}×"


def plain(value: float) -> str:
    """A number without a needless fraction or exponent."""
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.3g}"


def positive(value: Any) -> float:
    """A figure that must be a positive number; raises ValueError."""
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{value!r} is not a positive number")
    return number


def tone_of(good: bool) -> str:
    """The colour of a verdict."""
    return "good" if good else "bad"


def svg(parts: Iterable[SafeString], height: int, caption: str) -> SafeString:
    """The whole drawing, with its sentence for those who cannot see it."""
    inside = mark_safe("".join(parts))
    return format_html(
        '<svg class="picture" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDTH, height, caption, inside
    )


def line(css: str, x1: float, y1: float, x2: float, y2: float) -> SafeString:
    """A straight line."""
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', css, x1, y1, x2, y2)


def rect(css: str, x: float, y: float, width: float, height: float) -> SafeString:
    """A bar or a zone."""
    width = round(max(width, 0.0), 1)
    return format_html('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>', css, x, y, width, height)


def dot(css: str, x: float, y: float, radius: float) -> SafeString:
    """A disc."""
    return format_html('<circle class="{}" cx="{}" cy="{}" r="{}"/>', css, x, y, radius)


def text(css: str, x: float, y: float, words: str) -> SafeString:
    """Words at a place; `css` says which way they run from it."""
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', css, round(x, 1), round(y, 1), words)


def labels(axis: Scale, marks: Sequence[tuple[float, str, str]], height: float) -> list[SafeString]:
    """Labels above vertical marks, turned away from each other and from the edges where they are close."""
    placed = []
    ordered = sorted(marks)
    close = axis(ordered[-1][0]) - axis(ordered[0][0]) < 92
    for index, (value, words, css) in enumerate(ordered):
        x = axis(value)
        side = ("end" if index == 0 else "") if close else "mid"
        if x < axis.start + 40:
            side = ""
        if x > axis.end - 40:
            side = "end"
        placed.append(
            text(f"{css} {side}".strip(), x, height - (13 if close and index and side == "end" else 0), words)
        )
    return placed


def bottom_ticks(axis: Scale, y: float, words: Any) -> list[SafeString]:
    """The marks of a horizontal axis, with their words below."""
    marks = [line("axis", axis(tick), y, axis(tick), y + 4) for tick in axis.ticks()]
    return marks + [text("tick mid", axis(tick), y + 18, words(tick)) for tick in apart(axis, 34)]


def apart(axis: Scale, gap: float) -> list[float]:
    """The ticks whose labels do not run into each other."""
    return spread(axis.ticks(), axis, gap)


def spread(values: Sequence[float], axis: Scale, gap: float) -> list[float]:
    """Those values whose labels do not run into the one before."""
    kept: list[float] = []
    for value in values:
        if not kept or abs(axis(value) - axis(kept[-1])) >= gap:
            kept.append(value)
    return kept


def series(css: str, across: Scale, up: Scale, sizes: Sequence[float], values: Sequence[float]) -> list[SafeString]:
    """Values against sizes, as a line with a mark at each."""
    if not values:
        return []
    points = [(across(size), up(value)) for size, value in zip(sizes, values, strict=False)]
    path = " ".join(f"{x},{y}" for x, y in points)
    drawn = format_html('<polyline class="series {}" points="{}"/>', css, path)
    return [drawn, *(mark(css, x, y) for x, y in points)]


def mark(css: str, x: float, y: float) -> SafeString:
    """Squares for the reference, discs for the learner: told apart without colour."""
    if css == "reference":
        return format_html('<rect class="point reference" x="{}" y="{}" width="7" height="7"/>', x - 3.5, y - 3.5)
    return dot(f"point {css}", x, y, 4)


# `format_html_join` is what keeps tables of figures escaped in the templates' stead.
def table_rows(rows: Iterable[Sequence[str]]) -> SafeString:
    """The rows of a picture's table; the first cell of each heads its row."""
    return format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((row[0], format_html_join("", "<td>{}</td>", ((cell,) for cell in row[1:]))) for row in rows),
    )
