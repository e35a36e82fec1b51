"""Quality on hidden data, drawn: the released score against its bar, and for staff both parts over submissions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from assignments.pictures.drawing import (
    WIDTH,
    Picture,
    Scale,
    apart,
    bottom_ticks,
    dot,
    labels,
    line,
    rect,
    series,
    svg,
    text,
    tone_of,
)

METRICS = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "f1": "F1",
    "f1_macro": "macro F1",
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "log_loss": "log-loss",
    "brier": "Brier score",
    "rmse": "root mean squared error",
    "mae": "mean absolute error",
    "r2": "R²",
    "ndcg": "NDCG",
}
# Which end of the interval the author's rule looks at, in words.
DECIDES = {
    "lower": "the whole interval must clear the bar",
    "estimate": "the score itself must clear the bar",
    "upper": "the better end of the interval must clear the bar, so the doubt counts in your favour",
}


class Linear(Scale):
    """An axis on which equal differences lie equally far apart."""

    def __call__(self, value: float) -> float:
        """Where on the drawing a value lies; values beyond the axis lie on its end."""
        bounded = min(max(value, self.low), self.high)
        share = (bounded - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """Round values on the axis, four to ten of them."""
        width = (self.high - self.low) / 4
        power = 10.0 ** math.floor(math.log10(width))
        step = max(first * power for first in (1, 2, 5) if first * power <= width)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [round(index * step, 12) for index in range(first, last + 1)]


def score(detail: dict[str, Any]) -> Picture:
    """The best released score with its interval, against the bar that the author set."""
    released, low, high, bar = (finite(detail[name]) for name in ("released", "low", "high", "bar"))
    greater, by = bool(detail["greater_is_better"]), str(detail["by"])
    worse, better = (low, high) if greater else (high, low)
    deciding = {"lower": worse, "estimate": released, "upper": better}[by]
    tone = tone_of(deciding >= bar if greater else deciding <= bar)
    axis = axis_of((released, low, high, bar), 16, WIDTH - 16)
    good, bad = ("zone-bad", "zone-good") if greater else ("zone-good", "zone-bad")
    middle = 58
    parts = [
        rect(good, axis.start, 30, axis(bar) - axis.start, 56),
        rect(bad, axis(bar), 30, axis.end - axis(bar), 56),
        line("bar", axis(bar), 24, axis(bar), 86),
        *labels(axis, ((bar, f"bar {figure(bar)}", "label strong"),), 17),
        line("interval " + tone, axis(low), middle, axis(high), middle),
        line("interval " + tone, axis(low), middle - 6, axis(low), middle + 6),
        line("interval " + tone, axis(high), middle - 6, axis(high), middle + 6),
        dot("point " + tone, axis(released), middle, 5.5),
        line("axis", axis.start, 86, axis.end, 86),
        *bottom_ticks(axis, 86, figure),
    ]
    caption = _released(detail)
    return Picture("holdout", svg(parts, 112, caption), caption, ("Measure", "Value"), _figures(detail))


def _released(detail: dict[str, Any]) -> str:
    released, low, high, bar = (figure(finite(detail[name])) for name in ("released", "low", "high", "bar"))
    name = METRICS.get(str(detail["metric"]), str(detail["metric"]))
    side, level = "At least" if detail["greater_is_better"] else "At most", f"{100 * finite(detail['level']):g} %"
    return (
        f"Your best released {name} on hidden data is {released} ({level} interval {low} to {high})."
        f" {side} {bar} is asked for, and {DECIDES[str(detail['by'])]}. {looks(detail)}"
    )


def _figures(detail: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    released, low, high, bar = (figure(finite(detail[name])) for name in ("released", "low", "high", "bar"))
    return (
        ("Best released score", released),
        (f"{100 * finite(detail['level']):g} % interval", f"{low} to {high}"),
        ("Bar", bar),
        ("Hidden rows behind it", f"{int(detail['rows']):,}"),
        ("Released in steps of", figure(finite(detail["step"]))),
        ("Looks used", f"{int(detail['looks'])} of {int(detail['budget'])}"),
    )


def looks(detail: dict[str, Any]) -> str:
    """What this submission has changed, and how many looks at the hidden data are left."""
    used, budget = int(detail["looks"]), int(detail["budget"])
    if not detail["evaluated"]:
        return f"All {budget} looks at the hidden data are used, so it was not measured again: that score stays."
    step = figure(finite(detail["step"]))
    changed = "" if detail["improved"] else f"This submission was not better by more than {step}, so that score stays. "
    left = budget - used
    return (
        f"{changed}Look {used} of {budget}; {'none is' if left < 1 else f'{left} are' if left > 1 else 'one is'} left."
    )


def over_time(detail: dict[str, Any]) -> Picture:
    """For those who teach: public and private score of each submission that looked, this one marked."""
    over = detail.get("over") or [detail | {"this": True}]
    public = [finite(each["public"]) for each in over]
    private = [None if each.get("private") is None else finite(each["private"]) for each in over]
    known = [value for value in private if value is not None]
    up = axis_of((*public, *known), 150, 16)
    across = Linear(1, max(len(over), 2), 52, WIDTH - 74)
    numbers = [float(number) for number in range(1, len(over) + 1)]
    this = next((index for index, each in enumerate(over) if each.get("this")), len(over) - 1)
    parts = [
        *(line("grid", across.start, up(tick), across.end, up(tick)) for tick in up.ticks()),
        *(text("tick end", across.start - 8, up(tick) + 3.5, figure(tick)) for tick in apart(up, 16)),
        line("grid", across(numbers[this]), 10, across(numbers[this]), 150),
        line("axis", across.start, 150, across.end, 150),
        *(text("tick mid", across(n), 167, f"{n:.0f}") for n in apart(across, 30) if n == int(n) and n <= len(over)),
        text("label mid", (across.start + across.end) / 2, 185, "looks, in their order"),
        *(series("reference", across, up, numbers, known) if len(known) == len(over) else ()),
        *series("good", across, up, numbers, public),
        *_names(across, up, public[-1], private[-1], numbers[-1]),
    ]
    caption = _sentence(detail)
    header = ("Look", "Public", "Private", "Optimism")
    rows = tuple(
        (f"{index + 1}{' (this one)' if index == this else ''}", figure(public[index]), *_private(over[index]))
        for index in range(len(over))
    )
    return Picture("holdout_staff", svg(parts, 192, caption), caption, header, rows)


def _names(across: Scale, up: Scale, public: float, private: float | None, last: float) -> list[SafeString]:
    """The lines' names at their ends, apart where the lines are not."""
    x = across(last) + 9
    if private is None:
        return [text("label", x, up(public) + 4, "public")]
    middle, above = (up(public) + up(private)) / 2, public >= private
    gap = max(abs(up(public) - up(private)), 14) / 2
    return [
        text("label strong", x, middle + 4 - (gap if above else -gap), "public"),
        text("label", x, middle + 4 + (gap if above else -gap), "private"),
    ]


def _private(each: dict[str, Any]) -> tuple[str, str]:
    if each.get("private") is None:
        return "–", "–"
    return figure(finite(each["private"])), f"{finite(each['optimism']):+.3f}"


def _sentence(detail: dict[str, Any]) -> str:
    public, low, high = (finite(detail[name]) for name in ("public", "low", "high"))
    rows = detail["rows"]
    words = [f"Public score {public:.4g} on {int(rows[0]):,} rows (interval {low:.4g} to {high:.4g})"]
    if detail.get("private") is not None:
        words.append(f"private {finite(detail['private']):.4g} on {int(rows[1]):,} rows")
        margin = f" (chance alone moves it by ±{finite(detail['margin']):.2g})" if detail.get("margin") else ""
        words.append(f"optimism {finite(detail['optimism']):+.3g}{margin}")
    said = ", ".join(words) + "."
    if permuted := detail.get("permuted"):
        count = int(permuted["trainings"])
        fell = "fell to chance" if permuted["passed"] else "never fell to chance"
        said += f" Labels in random order: {fell} in {count} training{'s' if count != 1 else ''}."
    if canaries := detail.get("canaries"):
        p = finite(canaries["p_value"])
        recalled = (
            f"{int(canaries['recalled'])} of {int(canaries['rows'])} recalled, " if "recalled" in canaries else ""
        )
        said += f" Planted rows: {recalled}p = {p:.2g}{'' if canaries['passed'] else ', recalled above chance'}."
    return said


def axis_of(values: Sequence[float], start: float, end: float) -> Linear:
    """A linear axis that holds all values with room on both sides."""
    low, high = min(values), max(values)
    room = max((high - low) * 0.25, abs(high) * 0.01, 1e-9)
    return Linear(low - room, high + room, start, end)


def figure(value: float) -> str:
    """A score without needless digits."""
    return f"{value:.4g}"


def finite(value: Any) -> float:
    """A figure that must be a finite number; raises ValueError."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number
