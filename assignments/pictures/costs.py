"""What a call costs, drawn: a race, growth with size, peak memory."""

from __future__ import annotations

import math
from typing import Any

from assignments.pictures.drawing import (
    WIDTH,
    Picture,
    Scale,
    apart,
    bottom_ticks,
    dot,
    labels,
    line,
    plain,
    positive,
    rect,
    seconds,
    series,
    spread,
    svg,
    text,
    times,
    tone_of,
)


def race(detail: dict[str, Any]) -> Picture:
    """How long the solution takes beside the reference, with the interval of the measurement."""
    ratio, low, high, bar = (positive(detail[name]) for name in ("ratio", "low", "high", "bar"))
    decided = bool(detail.get("decided", True))
    within = ratio <= bar
    shown = [ratio, low, high, bar, 1.0]
    axis = Scale(min(shown) / 1.6, max(shown) * 1.6, 16, WIDTH - 16)
    middle = 58
    parts = [
        rect("zone-good", axis.start, 30, axis(bar) - axis.start, 56),
        rect("zone-bad", axis(bar), 30, axis.end - axis(bar), 56),
        line("grid", axis(1.0), 30, axis(1.0), 86),
        line("bar", axis(bar), 24, axis(bar), 86),
        *labels(axis, ((1.0, "reference", "label"), (bar, f"bar {times(bar)}", "label strong")), 17),
        *(dot("sample", axis(positive(value)), middle, 2.5) for value in detail.get("ratios", ())),
        line("interval " + tone_of(within), axis(low), middle, axis(high), middle),
        line("interval " + tone_of(within), axis(low), middle - 6, axis(low), middle + 6),
        line("interval " + tone_of(within), axis(high), middle - 6, axis(high), middle + 6),
        dot("point " + tone_of(within), axis(ratio), middle, 5.5),
        line("axis", axis.start, 86, axis.end, 86),
        *bottom_ticks(axis, 86, times),
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
            rows.append((label, seconds(positive(detail[name]))))
    return Picture("race", svg(parts, 112, caption), caption, ("Measure", "Value"), tuple(rows))


def growth(detail: dict[str, Any]) -> Picture:
    """Time against input size on logarithmic axes: the slope of a line is its exponent."""
    sizes = [positive(value) for value in detail["sizes"]]
    solution = [positive(value) for value in detail["solution_s"]]
    reference = [positive(value) for value in detail.get("reference_s") or ()]
    if len(sizes) < 2 or len(solution) != len(sizes):
        raise ValueError("growth needs a time for each of at least two sizes")
    exponent, bar = float(detail["exponent"]), float(detail["bar"])
    everything = [*solution, *reference]
    across = Scale(min(sizes) / 1.15, max(sizes) * 1.15, 58, WIDTH - 16)
    up = Scale(min(everything) / 1.5, max(everything) * 1.6, 196, 14)
    tone = tone_of(exponent <= bar)
    parts = [
        *(line("grid", across.start, up(tick), across.end, up(tick)) for tick in up.ticks()),
        *(text("tick end", across.start - 7, up(tick) + 3.5, seconds(tick)) for tick in apart(up, 16)),
        line("axis", across.start, 196, across.end, 196),
        *(line("axis", across(size), 196, across(size), 200) for size in sizes),
        *(text("tick mid", across(size), 213, plain(size)) for size in spread(sizes, across, 44)),
        text("label mid", (across.start + across.end) / 2, 231, "input size"),
        *series("reference", across, up, sizes, reference),
        *series(tone, across, up, sizes, solution),
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
    return Picture("growth", svg(parts, 238, caption), caption, header, rows)


def memory(detail: dict[str, Any]) -> Picture:
    """Peak memory beside what is allowed."""
    peak, bar = max(float(detail["peak_mb"]), 0.0), positive(detail["bar_mb"])
    if not math.isfinite(peak):
        raise ValueError("a peak must be finite")
    whole = max(peak, bar) * 1.12
    length = WIDTH - 32

    def at(value: float) -> float:
        return round(16 + length * value / whole, 1)

    tone = tone_of(peak <= bar)
    anchor = "label strong " + ("end" if at(bar) > WIDTH - 90 else "mid")
    parts = [
        rect("track", 16, 30, length, 22),
        rect("fill " + tone, 16, 30, max(at(peak) - 16, 2), 22),
        line("bar", at(bar), 22, at(bar), 58),
        text(anchor, at(bar), 16, f"limit {plain(bar)} MB"),
        text("label", 16, 72, f"peak {peak:.1f} MB"),
    ]
    caption = f"Your solution held {peak:.1f} MB at its peak; at most {plain(bar)} MB passes."
    rows = (("Peak", f"{peak:.1f} MB"), ("Limit", f"{plain(bar)} MB"))
    return Picture("memory", svg(parts, 80, caption), caption, ("Measure", "Value"), rows)
