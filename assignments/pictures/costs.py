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

DOUBT = " The measurement could not be told apart from the bar, so the doubt counts in your favour."


def race(detail: dict[str, Any]) -> Picture:
    """How long the solution takes beside the reference, with the interval of the measurement."""
    ratio, low, high, bar = (positive(detail[name]) for name in ("ratio", "low", "high", "bar"))
    decided = bool(detail.get("decided", True))
    within = ratio <= bar or not decided
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
        f"(interval {times(low)} to {times(high)}, {pairs} measured {'pair' if pairs == 1 else 'pairs'}). "
        f"At most {times(bar)} passes."
    )
    if not decided:
        caption += DOUBT
    rows = [
        ("Ratio to the reference", times(ratio)),
        ("Interval", f"{times(low)} to {times(high)}"),
        ("Bar", times(bar)),
        ("Measured pairs", str(pairs)),
        *([("Calls of yours", f"{int(detail['calls']):,}")] if detail.get("calls") else []),
        ("Decided", "yes" if decided else "no: in doubt, so it passes"),
    ]
    for name, label in (("solution_s", "Your solution"), ("reference_s", "Reference")):
        if detail.get(name):
            rows.append((label, seconds(positive(detail[name]))))
    return Picture("race", svg(parts, 112, caption), caption, ("Measure", "Value"), tuple(rows))


def growth(detail: dict[str, Any]) -> Picture:
    """Time against input size on logarithmic axes: the slope of a line is its exponent, the dotted one the bar's."""
    sizes = [positive(value) for value in detail["sizes"]]
    solution = [positive(value) for value in detail["solution_s"]]
    reference = [positive(value) for value in detail.get("reference_s") or ()]
    if len(sizes) < 2 or len(solution) != len(sizes):
        raise ValueError("growth needs a time for each of at least two sizes")
    exponent, bar = float(detail["exponent"]), float(detail["bar"])
    steepest = [solution[0] * (size / sizes[0]) ** bar for size in sizes]
    everything = [*solution, *reference]
    across = Scale(min(sizes) / 1.15, max(sizes) * 1.15, 58, WIDTH - 16)
    up = Scale(min(everything) / 1.5, max(*everything, steepest[-1]) * 1.6, 196, 14)
    tone = tone_of(exponent <= bar or not _fails(detail))
    parts = [
        *(line("grid", across.start, up(tick), across.end, up(tick)) for tick in up.ticks()),
        *(text("tick end", across.start - 7, up(tick) + 3.5, seconds(tick)) for tick in apart(up, 16)),
        line("axis", across.start, 196, across.end, 196),
        *(line("axis", across(size), 196, across(size), 200) for size in sizes),
        *(text("tick mid", across(size), 213, plain(size)) for size in spread(sizes, across, 44)),
        text("label mid", (across.start + across.end) / 2, 231, "input size"),
        line("limit", across(sizes[0]), up(steepest[0]), across(sizes[-1]), up(steepest[-1])),
        *series("reference", across, up, sizes, reference),
        *series(tone, across, up, sizes, solution),
    ]
    header = ("Input size", "Your solution") + (("Reference",) if reference else ())
    rows = tuple(
        (plain(size), seconds(solution[i])) + ((seconds(reference[i]),) if i < len(reference) else ())
        for i, size in enumerate(sizes)
    )
    caption = _growth_caption(detail, exponent, bar)
    return Picture("growth", svg(parts, 238, caption), caption, header, rows)


def _growth_caption(detail: dict[str, Any], exponent: float, bar: float) -> str:
    bound = str(detail.get("bound") or "")
    asked = (
        f"at most {bound} passes, which here is a power of {bar:.2f} with its room"
        if bound
        else f"at most {bar:g} passes"
    )
    interval = f" (interval {float(detail['low']):.2f} to {float(detail['high']):.2f})" if "low" in detail else ""
    caption = f"Your time grows like size to the power {exponent:.2f}{interval}; {asked}, the dotted line."
    if detail.get("reference_exponent") is not None:
        caption += f" The reference grows with power {float(detail['reference_exponent']):.2f}."
    if not detail.get("decided", True):
        caption += DOUBT
    elif exponent > bar and not _fails(detail):
        caption += " Yours grows hardly faster than the reference does on this machine, and so passes."
    if left_out := [plain(positive(size)) for size in detail.get("left_out") or ()]:
        caption += f" Not measured, for they would cross the processor limit: {', '.join(left_out)}."
    return caption


def _fails(detail: dict[str, Any]) -> bool:
    """Over the bar beyond doubt, and faster than the reference; reports of before there was a doubt say neither."""
    return bool(detail.get("decided", True)) and (
        "excess_low" not in detail or (detail["low"] > detail["bar"] and detail["excess_low"] > 0)
    )


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
    ]
    caption = f"Your solution held {peak:.1f} MB at its peak; at most {plain(bar)} MB passes."
    rows, below = [("Peak", f"{peak:.1f} MB"), ("Limit", f"{plain(bar)} MB")], f"peak {peak:.1f} MB"
    if detail.get("reference_mb") is not None:
        reference = max(float(detail["reference_mb"]), 0.0)
        caption += f" The reference held {reference:.1f} MB."
        rows.append(("Reference", f"{reference:.1f} MB"))
        below += f", reference {reference:.1f} MB"
        parts.append(line("mark", at(min(reference, whole)), 26, at(min(reference, whole)), 56))
    parts.append(text("label", 16, 72, below))
    return Picture("memory", svg(parts, 80, caption), caption, ("Measure", "Value"), tuple(rows))
