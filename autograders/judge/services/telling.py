"""What the report says of loads: bounded figures that a picture is drawn from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograders.judge.services.levels import SHOWN_QUANTILES, Figures, Row, recovery, shown_quantiles
from autograders.judge.services.load import Phase, Plan, Sample

MOST_LOADS = 8
MOST_PHASES = 12
BINS = 60


def tell(
    record: dict[str, Any],
    known: list[Plan],
    plan: Plan,
    solution: Sequence[Sample],
    reference: Sequence[Sample] | None,
    rows: Sequence[Row],
    phase: Phase | None = None,
    climbs: Mapping[str, Any] | None = None,
) -> None:
    """Add a load to a check's record; rows about a load that is there already, one of `known`, are added to it."""
    loads = record.setdefault("loads", [])
    record["kind"] = "service"
    told = [_row(row, phase) for row in rows]
    record["decided"] = record.get("decided", True) and all(row.verdict != "undecided" for row in rows)
    described = describe(plan, solution, reference)
    if climbs:
        described["climbs"] = dict(climbs)
    for load, other in zip(loads, known, strict=True):
        if other is plan:
            load.update(described, rows=[*load["rows"], *told])
            return
    if len(loads) < MOST_LOADS:
        loads.append({**described, "rows": told})
        known.append(plan)


def describe(plan: Plan, solution: Sequence[Sample], reference: Sequence[Sample] | None) -> dict[str, Any]:
    """A load in figures."""
    found: dict[str, Any] = {
        "rate": plan.rate,
        "seconds": plan.seconds,
        "arrivals": plan.arrivals,
        "solution": _rounded(solution),
        "quantiles": {"share": list(SHOWN_QUANTILES), "solution": shown_quantiles(solution)},
    }
    if reference:
        found["reference"] = _rounded(reference)
        found["quantiles"]["reference"] = shown_quantiles(reference)
    if plan.phases:
        found["phases"] = _phases(plan, solution[0])
        found["timeline"] = _timeline(plan, solution[0])
    return found


def _row(row: Row, phase: Phase | None) -> dict[str, Any]:
    told = dataclasses.asdict(row)
    return told | {"phase": phase.name[:40]} if phase else told


def _rounded(samples: Sequence[Sample]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in dataclasses.asdict(Figures.of(samples)).items()}


def _phases(plan: Plan, sample: Sample) -> list[dict[str, Any]]:
    told, start = [], 0.0
    for phase in plan.phases[:MOST_PHASES]:
        part = sample.between(start, start + phase.seconds)
        fields: dict[str, Any] = {"name": phase.name[:40], "start": start, "seconds": phase.seconds}
        fields["faulty"] = phase.fault is not None
        if len(part.due):
            figures = Figures.of([part])
            fields |= {"p99_ms": round(figures.p99_ms, 4), "errors": round(figures.errors, 5)}
        fields["recovery_s"] = recovery(sample.due, sample.good, start)
        told.append(fields)
        start += phase.seconds
    return told


def _timeline(plan: Plan, sample: Sample) -> dict[str, list[float | None]]:
    """Median and 95 % latency of the requests that were answered, and the share that was not, along the load."""
    edges = np.linspace(0, plan.seconds, BINS + 1)
    numbers = np.clip(np.digitize(sample.due, edges) - 1, 0, BINS - 1)
    told: dict[str, list[float | None]] = {"at": [], "p50_ms": [], "p95_ms": [], "errors": []}
    for number in range(BINS):
        inside = numbers == number
        good = inside & sample.good
        told["at"].append(round(float(edges[number] + edges[number + 1]) / 2, 3))
        for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95)):
            told[name].append(round(1e3 * float(np.quantile(sample.latency[good], share)), 4) if good.any() else None)
        told["errors"].append(round(1 - float(good.sum() / inside.sum()), 4) if inside.any() else None)
    return told
