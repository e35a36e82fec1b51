"""A service under load, drawn: latencies beside the reference's with their bars, and along time where it had faults."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from assignments.pictures.drawing import (
    WIDTH,
    Picture,
    Scale,
    apart,
    line,
    plain,
    positive,
    rect,
    seconds,
    svg,
    text,
    times,
    tone_of,
)

MOST_PANELS = 3
NARROW = "\N{NO-BREAK SPACE}"
HEIGHT, TOP, BOTTOM = 182, 30, 150  # of a panel, and where its drawing begins and ends
LEFT, RIGHT = 58.0, WIDTH - 16.0
QUANTILES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
MARKS = ((2.0, "50 %"), (10.0, "90 %"), (100.0, "99 %"), (1_000.0, "99.9 %"))
MEASURES = {"errors": "Failed", "throughput": "Answers a second", "saturation": "Highest sustained rate"}
VERDICTS = {"met": "", "missed": " (missed)", "undecided": " (undecided)"}


def service(detail: dict[str, Any]) -> Picture:
    """One panel a load: quantiles of latency, or latency along time where the load had phases."""
    loads = list(detail["loads"])[:MOST_PANELS]
    if not loads or not all(isinstance(load, dict) for load in loads):
        raise ValueError("there is no load to draw")
    parts: list[SafeString] = []
    for number, load in enumerate(loads):
        drawn = timeline(load) if load.get("phases") else quantiles(load)
        parts.append(_moved(drawn, number * HEIGHT))
    rows = tuple(_row(load, row) for load in loads for row in load["rows"]) or tuple(_figures(loads[0]))
    rows += tuple(_lateness(load) for load in loads)
    caption = " ".join(_sentence(load) for load in loads)
    if not detail.get("decided", True):
        caption += " Where a figure could not be told apart from its bar, the doubt counts in your favour."
    header = ("Measure", "Yours", "Reference", "Bar")
    return Picture("service", svg(parts, HEIGHT * len(loads), caption), caption, header, rows)


def quantiles(load: Mapping[str, Any]) -> list[SafeString]:
    """Latency by share of requests: the axis gives each nine of the tail the same room."""
    shares = [float(value) for value in load["quantiles"]["share"]]
    sides = {
        side: [positive(value) for value in load["quantiles"].get(side) or ()] for side in ("reference", "solution")
    }
    if not sides["solution"] or any(len(values) not in (0, len(shares)) for values in sides.values()):
        raise ValueError("each share needs a latency")
    bars = [row for row in load["rows"] if row["measure"] in QUANTILES]
    everything = [value for values in sides.values() for value in values] + [positive(row["bar"]) for row in bars]
    across, up = Scale(1.0, 1_000.0, LEFT, RIGHT), Scale(min(everything) / 1.4, max(everything) * 1.5, BOTTOM, TOP)
    tone = tone_of(all(row["verdict"] != "missed" for row in load["rows"]))
    parts = [*_frame(up), text("label", 16, 16, f"{plain(float(load['rate']))} requests a second: latency by share")]
    for tail, words in MARKS:
        parts += [line("grid", across(tail), TOP, across(tail), BOTTOM)]
        parts += [text("tick end" if tail == 1_000 else "tick mid", across(tail), BOTTOM + 17, words)]
    at = [1 / (1 - share) for share in shares]
    parts += _path("reference", across, up, at, sides["reference"])
    parts += _path(tone, across, up, at, sides["solution"])
    for row in bars:
        x, y = across(1 / (1 - QUANTILES[row["measure"]])), up(positive(row["bar"]))
        parts.append(line("bar", x - 16, y, min(x + 16, RIGHT), y))
        # On the side of the mark where the line does not run.
        aside = 15 if positive(row["solution"]) > positive(row["bar"]) else -5
        parts.append(text("label strong mid", x, y + aside, f"≤ {seconds(positive(row['bar']) / 1e3)}"))
    return parts


def timeline(load: Mapping[str, Any]) -> list[SafeString]:
    """Latency along time, with the phases named and the failed requests below."""
    line_of = load["timeline"]
    whole = positive(load["seconds"])
    runs = _runs(line_of["at"], line_of["p95_ms"], line_of["errors"])
    values = [value for run in runs for _, value in run] or [1.0]
    up = Scale(min(values) / 1.5, max(values) * 1.6, BOTTOM - 14, TOP)

    def across(value: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(max(value / whole, 0.0), 1.0), 1)

    parts: list[SafeString] = []
    for phase in load["phases"]:
        start, end = across(float(phase["start"])), across(float(phase["start"]) + float(phase["seconds"]))
        if phase.get("faulty"):
            parts.append(rect("zone-bad", start, TOP, end - start, BOTTOM - TOP))
        parts.append(text("label mid", (start + end) / 2, 16, str(phase["name"])[:16]))
        parts.append(line("grid", start, TOP, start, BOTTOM))
    parts += _frame(up)
    tone = tone_of(all(row["verdict"] != "missed" for row in load["rows"]))
    for run in runs:
        path = " ".join(f"{across(at)},{up(value)}" for at, value in run)
        parts.append(format_html('<polyline class="series {}" points="{}"/>', tone, path))
    width = (RIGHT - LEFT) / max(1, len(line_of["at"]))
    for at, share in zip(line_of["at"], line_of["errors"], strict=True):
        if share:
            height = round(12 * min(1.0, float(share)) + 1, 1)
            parts.append(rect("fill bad", across(float(at)) - width / 2, BOTTOM - height, max(1.0, width - 1), height))
    parts += [text("tick mid", across(whole * k / 4), BOTTOM + 17, f"{whole * k / 4:.3g} s") for k in range(1, 4)]
    parts.append(text("tick end", RIGHT, BOTTOM + 17, f"{whole:.3g} s"))
    return parts


def _runs(at: Sequence[Any], values: Sequence[Any], errors: Sequence[Any]) -> list[list[tuple[float, float]]]:
    """The stretches along which requests were answered; one ends where all fail, not where there are none."""
    runs: list[list[tuple[float, float]]] = [[]]
    for when, value, failed in zip(at, values, errors, strict=True):
        if value is not None:
            runs[-1].append((float(when), positive(value)))
        elif runs[-1] and failed:
            runs.append([])
    return [run for run in runs if run]


def _frame(up: Scale) -> list[SafeString]:
    ticks = [line("grid", LEFT, up(tick), RIGHT, up(tick)) for tick in up.ticks()]
    words = [text("tick end", LEFT - 7, up(tick) + 3.5, seconds(tick / 1e3)) for tick in apart(up, 16)]
    return [*ticks, *words, line("axis", LEFT, BOTTOM, RIGHT, BOTTOM)]


def _path(css: str, across: Scale, up: Scale, at: Sequence[float], values: Sequence[float]) -> list[SafeString]:
    if not values:
        return []
    points = " ".join(f"{across(x)},{up(y)}" for x, y in zip(at, values, strict=True))
    return [format_html('<polyline class="series {}" points="{}"/>', css, points)]


def _moved(parts: Sequence[SafeString], down: int) -> SafeString:
    inside = format_html("{}" * len(parts), *parts)
    return format_html('<g transform="translate(0 {})">{}</g>', down, inside)


def _sentence(load: Mapping[str, Any]) -> str:
    mine = load["solution"]
    words = f"At {plain(float(load['rate']))} requests a second for {plain(float(load['seconds']))} s"
    words += f" your service answers half of them within {seconds(positive(mine['p50_ms']) / 1e3)}"
    words += f" and 99 % within {seconds(positive(mine['p99_ms']) / 1e3)}"
    if reference := load.get("reference"):
        words += f" (the reference: {seconds(positive(reference['p99_ms']) / 1e3)})"
    failed = float(mine["errors"])
    return f"{words}; {_share(failed)} of the requests fail." if failed else f"{words}; none fails."


def _row(load: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[str, ...]:
    measure = str(row["measure"])
    name = MEASURES.get(measure) or measure[:3]
    where = f" at {plain(float(load['rate']))}/s" if measure != "saturation" else ""
    where += f", {row['phase']}" if row.get("phase") else ""
    reference = "–" if row.get("reference") is None else _value(measure, float(row["reference"]))
    own, bar = (_value(measure, float(row[key])) for key in ("solution", "bar"))
    return (f"{name}{where}{VERDICTS[row['verdict']]}", own, reference, bar)


def _lateness(load: Mapping[str, Any]) -> tuple[str, ...]:
    """How late the load itself was: what is in every latency and is nobody's service's fault."""
    own, beside = (load.get(side, {}).get("lag_ms") for side in ("solution", "reference"))
    words = tuple("–" if value is None else _value("lag_ms", float(value)) for value in (own, beside))
    return (f"Load late at {plain(float(load['rate']))}/s, p99", *words, "–")


def _figures(load: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Rows where no bar was stated."""
    names = [name for name in QUANTILES if name in load["solution"]]
    return [(name[:3], _value(name, float(load["solution"][name])), "–", "–") for name in names]


def _value(measure: str, value: float) -> str:
    if not math.isfinite(value):
        raise ValueError("a figure must be finite")
    if measure.endswith("_ratio"):
        return times(value)
    if measure.endswith("_ms"):
        return seconds(value / 1e3).replace(" ", NARROW)
    return _share(value) if measure == "errors" else f"{plain(value)}/s"


def _share(value: float) -> str:
    return f"{100 * value:.3g}{NARROW}%"
