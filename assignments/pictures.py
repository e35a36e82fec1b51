"""Pictures of measurements: pure functions from a check's detail to an inline SVG with a table behind it.

Drawn on the server so that they print, need no script and can be read out: each picture carries
the same figures as rows of text. Colours are classes, so that both themes and the strict content
security policy are served by the style sheet alone.
"""

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


def picture_of(detail: dict[str, Any]) -> Picture | None:
    """The picture of a check's detail, or None where there is nothing (sound) to draw."""
    drawers = {"race": race, "growth": growth, "memory": memory}
    draw = drawers.get(str(detail.get("kind", "")))
    if draw is None:
        return None
    try:
        return draw(detail)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None  # a report of another version: the message still says what was found


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


# --- the drawings -------------------------------------------------------------------------------


def race(detail: dict[str, Any]) -> Picture:
    """How long the solution takes beside the reference, with the interval of the measurement."""
    ratio, low, high, bar = (_positive(detail[name]) for name in ("ratio", "low", "high", "bar"))
    decided = bool(detail.get("decided", True))
    within = ratio <= bar
    shown = [ratio, low, high, bar, 1.0]
    axis = Scale(min(shown) / 1.6, max(shown) * 1.6, 16, WIDTH - 16)
    middle = 58
    parts = [
        _rect("zone-good", axis.start, 30, axis(bar) - axis.start, 56),
        _rect("zone-bad", axis(bar), 30, axis.end - axis(bar), 56),
        _line("grid", axis(1.0), 30, axis(1.0), 86),
        _line("bar", axis(bar), 24, axis(bar), 86),
        *_labels(axis, ((1.0, "reference", "label"), (bar, f"bar {times(bar)}", "label strong")), 17),
        *(_dot("sample", axis(_positive(value)), middle, 2.5) for value in detail.get("ratios", ())),
        _line("interval " + _tone(within), axis(low), middle, axis(high), middle),
        _line("interval " + _tone(within), axis(low), middle - 6, axis(low), middle + 6),
        _line("interval " + _tone(within), axis(high), middle - 6, axis(high), middle + 6),
        _dot("point " + _tone(within), axis(ratio), middle, 5.5),
        _line("axis", axis.start, 86, axis.end, 86),
        *_bottom_ticks(axis, 86, times),
    ]
    pairs = int(detail.get("pairs", 0))
    caption = (
        f"Your solution takes {times(ratio)} the time of the reference "
        f"(interval {times(low)} to {times(high)}, {pairs} measured pairs). At most {times(bar)} passes."
    )
    if not decided:
        caption += " The measurement could not be told apart from the bar, so the doubt counts in your favour."
    rows = [
        ("Ratio to the reference", times(ratio)),
        ("Interval", f"{times(low)} to {times(high)}"),
        ("Bar", times(bar)),
        ("Measured pairs", str(pairs)),
    ]
    for name, label in (("solution_s", "Your solution"), ("reference_s", "Reference")):
        if detail.get(name):
            rows.append((label, seconds(_positive(detail[name]))))
    return Picture("race", _svg(parts, 112, caption), caption, ("Measure", "Value"), tuple(rows))


def growth(detail: dict[str, Any]) -> Picture:
    """Time against input size on logarithmic axes: the slope of a line is its exponent."""
    sizes = [_positive(value) for value in detail["sizes"]]
    solution = [_positive(value) for value in detail["solution_s"]]
    reference = [_positive(value) for value in detail.get("reference_s") or ()]
    if len(sizes) < 2 or len(solution) != len(sizes):
        raise ValueError("growth needs a time for each of at least two sizes")
    exponent, bar = float(detail["exponent"]), float(detail["bar"])
    everything = [*solution, *reference]
    across = Scale(min(sizes) / 1.15, max(sizes) * 1.15, 58, WIDTH - 16)
    up = Scale(min(everything) / 1.5, max(everything) * 1.6, 196, 14)
    tone = _tone(exponent <= bar)
    parts = [
        *(_line("grid", across.start, up(tick), across.end, up(tick)) for tick in up.ticks()),
        *(_text("tick end", across.start - 7, up(tick) + 3.5, seconds(tick)) for tick in _apart(up, 16)),
        _line("axis", across.start, 196, across.end, 196),
        *(_line("axis", across(size), 196, across(size), 200) for size in sizes),
        *(_text("tick mid", across(size), 213, plain(size)) for size in _spread(sizes, across, 44)),
        _text("label mid", (across.start + across.end) / 2, 231, "input size"),
        *_series("reference", across, up, sizes, reference),
        *_series(tone, across, up, sizes, solution),
    ]
    against = detail.get("reference_exponent")
    caption = f"Your time grows like size to the power {exponent:.2f}; at most {bar:g} passes."
    if against is not None:
        caption += f" The reference grows with power {float(against):.2f}."
    header = ("Input size", "Your solution") + (("Reference",) if reference else ())
    rows = tuple(
        (plain(size), seconds(solution[i])) + ((seconds(reference[i]),) if i < len(reference) else ())
        for i, size in enumerate(sizes)
    )
    return Picture("growth", _svg(parts, 238, caption), caption, header, rows)


def memory(detail: dict[str, Any]) -> Picture:
    """Peak memory beside what is allowed."""
    peak, bar = max(float(detail["peak_mb"]), 0.0), _positive(detail["bar_mb"])
    if not math.isfinite(peak):
        raise ValueError("a peak must be finite")
    whole = max(peak, bar) * 1.12
    length = WIDTH - 32

    def at(value: float) -> float:
        return round(16 + length * value / whole, 1)

    tone = _tone(peak <= bar)
    anchor = "label strong " + ("end" if at(bar) > WIDTH - 90 else "mid")
    parts = [
        _rect("track", 16, 30, length, 22),
        _rect("fill " + tone, 16, 30, max(at(peak) - 16, 2), 22),
        _line("bar", at(bar), 22, at(bar), 58),
        _text(anchor, at(bar), 16, f"limit {plain(bar)} MB"),
        _text("label", 16, 72, f"peak {peak:.1f} MB"),
    ]
    caption = f"Your solution held {peak:.1f} MB at its peak; at most {plain(bar)} MB passes."
    rows = (("Peak", f"{peak:.1f} MB"), ("Limit", f"{plain(bar)} MB"))
    return Picture("memory", _svg(parts, 80, caption), caption, ("Measure", "Value"), rows)


# --- pieces -------------------------------------------------------------------------------------


def _positive(value: Any) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{value!r} is not a positive number")
    return number


def _tone(good: bool) -> str:
    return "good" if good else "bad"


def _svg(parts: Iterable[SafeString], height: int, caption: str) -> SafeString:
    inside = mark_safe("".join(parts))
    return format_html(
        '<svg class="picture" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDTH, height, caption, inside
    )


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> SafeString:
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', css, x1, y1, x2, y2)


def _rect(css: str, x: float, y: float, width: float, height: float) -> SafeString:
    width = round(max(width, 0.0), 1)
    return format_html('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>', css, x, y, width, height)


def _dot(css: str, x: float, y: float, radius: float) -> SafeString:
    return format_html('<circle class="{}" cx="{}" cy="{}" r="{}"/>', css, x, y, radius)


def _text(css: str, x: float, y: float, words: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', css, round(x, 1), round(y, 1), words)


def _labels(axis: Scale, marks: Sequence[tuple[float, str, str]], height: float) -> list[SafeString]:
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
            _text(f"{css} {side}".strip(), x, height - (13 if close and index and side == "end" else 0), words)
        )
    return placed


def _bottom_ticks(axis: Scale, y: float, words: Any) -> list[SafeString]:
    marks = [_line("axis", axis(tick), y, axis(tick), y + 4) for tick in axis.ticks()]
    return marks + [_text("tick mid", axis(tick), y + 18, words(tick)) for tick in _apart(axis, 34)]


def _apart(axis: Scale, gap: float) -> list[float]:
    return _spread(axis.ticks(), axis, gap)


def _spread(values: Sequence[float], axis: Scale, gap: float) -> list[float]:
    """Those values whose labels do not run into the one before."""
    kept: list[float] = []
    for value in values:
        if not kept or abs(axis(value) - axis(kept[-1])) >= gap:
            kept.append(value)
    return kept


def _series(css: str, across: Scale, up: Scale, sizes: Sequence[float], values: Sequence[float]) -> list[SafeString]:
    if not values:
        return []
    points = [(across(size), up(value)) for size, value in zip(sizes, values, strict=False)]
    path = " ".join(f"{x},{y}" for x, y in points)
    line = format_html('<polyline class="series {}" points="{}"/>', css, path)
    return [line, *(_mark(css, x, y) for x, y in points)]


def _mark(css: str, x: float, y: float) -> SafeString:
    """Squares for the reference, discs for the learner: told apart without colour."""
    if css == "reference":
        return format_html('<rect class="point reference" x="{}" y="{}" width="7" height="7"/>', x - 3.5, y - 3.5)
    return _dot(f"point {css}", x, y, 4)


# `format_html_join` is what keeps tables of figures escaped in the templates' stead.
def table_rows(rows: Iterable[Sequence[str]]) -> SafeString:
    """The rows of a picture's table; the first cell of each heads its row."""
    return format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((row[0], format_html_join("", "<td>{}</td>", ((cell,) for cell in row[1:]))) for row in rows),
    )
