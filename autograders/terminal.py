"""A report as text for a terminal."""

from __future__ import annotations

import textwrap
from typing import Any

from autograders.report import OUTCOME_WORDING, CheckResult, Report

WIDTH = 100


def render_check(check: CheckResult) -> str:
    """One check: outcome, points, title, and below it what a person needs to know."""
    word = OUTCOME_WORDING[check.outcome][0] if check.outcome != "broken" else "Not graded"
    lines = [f"  {word:<10} {_points(check.points):>5} / {_points(check.max_points):<4} {check.title}"]
    if check.outcome != "passed":
        lines += _indent(check.message)
        lines += _comparison(check.detail)
        if check.hint and check.outcome == "failed":
            lines += _indent(f"hint: {check.hint}")
    if picture := _measure(check.detail):
        lines += _indent(picture)
    return "\n".join(lines)


def render_report(report: Report) -> str:
    """The closing lines of a report; the checks were printed as they came."""
    lines = [""]
    if report.message:
        lines += [line for text in report.message.splitlines() for line in textwrap.wrap(text, WIDTH) or [""]] + [""]
    if report.output.strip():
        lines += ["printed by the submission:", *_indent(report.output.strip()[:1_000]), ""]
    used, limits = report.resources, report.limits
    lines.append(
        f"{report.problem}: {report.outcome}, {_points(report.score)} of {_points(report.max_score)} points"
        f"   (cpu {used['cpu_s']:.2f} s, wall {used['wall_s']:.2f} s, peak {used['peak_mb']:.0f} MB;"
        f" limits per check: cpu {limits['cpu_s']:g} s, memory {limits['memory_mb']:g} MB)"
    )
    return "\n".join(lines)


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _indent(text: str) -> list[str]:
    return [f"{'':24}{line}" for line in text.splitlines()]


def _comparison(detail: dict[str, Any]) -> list[str]:
    if "expected" not in detail:
        return []
    expected, actual = str(detail["expected"]).splitlines(), str(detail["actual"]).splitlines()
    return [
        *_indent("\n".join(f"expected  {line}" if i == 0 else f"          {line}" for i, line in enumerate(expected))),
        *_indent("\n".join(f"found     {line}" if i == 0 else f"          {line}" for i, line in enumerate(actual))),
    ]


def _measure(detail: dict[str, Any]) -> str:
    kind = detail.get("kind")
    if kind == "race" and "ratio" in detail:
        pairs = "1 pair" if detail["pairs"] == 1 else f"{detail['pairs']} pairs"
        return (
            f"{detail['ratio']:.2f} times the reference's cost ({detail['low']:.2f} to {detail['high']:.2f},"
            f" {pairs}{_in_doubt(detail)}); bar {detail['bar']:g}"
        )
    if kind == "growth" and "exponent" in detail:
        exponent, reference = detail["exponent"], detail["reference_exponent"]
        asked = detail.get("bound") or f"{detail['bar']:g}"
        return f"cost grows as size^{exponent:.2f} (reference {reference:.2f}{_in_doubt(detail)}); bar {asked}"
    if kind == "memory" and "peak_mb" in detail:
        return f"{detail['peak_mb']:.1f} MB beyond inputs and outputs; bar {detail['bar_mb']:g} MB"
    if kind == "holdout" and detail.get("released") is not None:
        return (
            f"{detail['metric']} {detail['released']:g} on hidden rows ({detail['low']:g} to {detail['high']:g}),"
            f" look {detail['looks']} of {detail['budget']}; bar {detail['bar']:g}"
        )
    return ""


def _in_doubt(detail: dict[str, Any]) -> str:
    return "" if detail["decided"] else ", undecided: passes"
