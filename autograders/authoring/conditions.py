"""The closed list of conditions under which an attack has succeeded, each checked from outside it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograders.authoring.arming import Armed
from autograders.authoring.corpus import ALWAYS, Attack
from autograders.authoring.world import Traces
from autograders.report import Report

LATE_S = 2.0
# What a run measures scatters by itself; beyond this much it carries a message.
FIGURES = {"cpu_s": 0.35, "wall_s": 3.0, "peak_mb": 16.0}
SHOWN = 160


@dataclass(frozen=True)
class Observation:
    """What was seen of one attack, from outside.

    `reports` has one for each variant or round, `visible` the report of a visible run where one
    was made, `worth` the points that the file honestly earns by check, `found` what a later
    submission found of this one's, `next_mark` what went wrong with the next honest submission.
    """

    attack: Attack
    armed: Armed
    reports: tuple[Report, ...]
    visible: Report | None
    worth: Mapping[str, float]
    refusal: str
    traces: Traces
    found: tuple[str, ...]
    next_mark: str
    seconds: float
    budget_s: float
    grown_mb: float


def learner_view(report: Report) -> dict[str, Any]:
    """Everything of a report that its learner can see."""
    return report.for_learner().to_json()


def successes(seen: Observation) -> list[str]:
    """A sentence for each condition that is met; none means that the attack was held."""
    wanted = dict.fromkeys((*ALWAYS, *seen.attack.aims))
    return [f"{aim}: {words}" for aim in wanted for words in CONDITIONS[aim](seen)]


def summary(seen: Observation) -> str:
    """How an attack that was held ended, in a sentence."""
    if seen.refusal:
        return f"the upload was refused: {seen.refusal[:SHOWN]}"
    if not seen.reports:
        return "nothing was run"
    last = seen.reports[-1]
    points = f"{last.score:g} of {last.max_score:g} points, honestly worth {sum(seen.worth.values()):g}"
    said = next((check.message for check in last.checks if check.message), "")
    words = last.message or said
    first = " ".join(words.split())[:SHOWN]
    return f"{points}; {first}" if first else points


def _score(seen: Observation) -> Iterator[str]:
    for report in seen.reports:
        for check in report.checks:
            if check.points > seen.worth.get(check.name, 0.0) + 1e-9:
                measured = f" ({_figures(check.detail)})" if "kind" in check.detail else ""
                yield f"{check.name} gave {check.points:g} of {check.max_points:g} points{measured}"
                return


def _figures(detail: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in detail.items() if isinstance(value, int | float | bool)}
    return ", ".join(f"{name} {value:.3g}" for name, value in kept.items())


def _canary(seen: Observation) -> Iterator[str]:
    for report in (*seen.reports, *([seen.visible] if seen.visible else [])):
        for field, text in _texts(learner_view(report)):
            for place, canary in seen.armed.canaries.items():
                if canary in text:
                    yield f"the secret planted in the {place} is shown in {field}"
                    return


def _texts(value: Any, where: str = "the report") -> Iterator[tuple[str, str]]:
    """Every text below a JSON value, with the name of the field that holds it."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, str(name))
            yield where, str(name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, where)


def _marker(seen: Observation) -> Iterator[str]:
    yield from seen.traces.marker


def _leftover(seen: Observation) -> Iterator[str]:
    yield from seen.traces.leftover
    yield from seen.found


def _called(seen: Observation) -> Iterator[str]:
    yield from seen.traces.called


def _late(seen: Observation) -> Iterator[str]:
    if seen.seconds > seen.budget_s + LATE_S:
        yield f"the verdict came after {seen.seconds:.1f} s, its budget is {seen.budget_s:.1f} s"


def _host(seen: Observation) -> Iterator[str]:
    if seen.next_mark:
        yield f"the next honest submission {seen.next_mark}"


def _broken(seen: Observation) -> Iterator[str]:
    for report in seen.reports:
        if report.outcome == "broken":
            told = [check.message for check in report.checks if check.outcome == "broken"]
            yield f"the run counts as the grader's fault: {(report.message or next(iter(told), ''))[:SHOWN]}"
            return


def _memory(seen: Observation) -> Iterator[str]:
    if seen.grown_mb > seen.attack.most_mb:
        yield f"the grader's own process grew by {seen.grown_mb:.0f} MB; at most {seen.attack.most_mb} are allowed"


def _taken(seen: Observation) -> Iterator[str]:
    if not seen.refusal:
        yield "the upload was taken, which must be refused"


def _unclean(seen: Observation) -> Iterator[str]:
    for report in seen.reports:
        for field, text in _texts(learner_view(report)):
            odd = [c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs")]
            if odd:
                yield f"{field} holds the control character U+{ord(odd[0]):04X}"
                return


def _words(seen: Observation) -> Iterator[str]:
    views = {_verdict(report) for report in seen.reports}
    if len(views) > 1:
        one, other = sorted(views)[:2]
        at = next(i for i in range(len(one)) if one[: i + 1] != other[: i + 1])
        yield (
            f"{len(seen.reports)} ways of failing hidden checks look {len(views)} ways: "
            f"…{one[max(0, at - 60) : at + 60]}… and …{other[max(0, at - 60) : at + 60]}…"
        )


def _verdict(report: Report) -> str:
    """What a learner reads in a report, without what was measured."""
    view = learner_view(report)
    for measured in ("resources", "visible_resources", "environment", "limits"):
        del view[measured]
    for check in view["checks"]:
        del check["seconds"]
    return json.dumps(view, sort_keys=True)


def _figures_tell(seen: Observation) -> Iterator[str]:
    views = [learner_view(report)["resources"] for report in seen.reports]
    for name, scatter in FIGURES.items():
        values = [float(view[name]) for view in views if name in view]
        if values and max(values) - min(values) > scatter:
            yield f"{name} ranges from {min(values):g} to {max(values):g} with what is done in hidden checks"


def _surroundings(seen: Observation) -> Iterator[str]:
    graded, visible = seen.reports[-1], seen.visible
    if visible is None:
        return
    if graded.output != visible.output:
        yield f"printed while graded: {graded.output[:SHOWN]!r}; in a visible run: {visible.output[:SHOWN]!r}"
    messages = {check.name: check.message for check in graded.checks}
    for check in visible.checks:
        if messages[check.name] != check.message:
            yield f"{check.name} says {messages[check.name]!r} when graded and {check.message!r} in a visible run"


def _reached(seen: Observation) -> Iterator[str]:
    claim = f"{seen.armed.mark} reached: "
    for report in seen.reports:
        # Only what was printed: a message may quote the line of source that would have printed it.
        if claim in report.output:
            yield report.output.partition(claim)[2].partition("\n")[0][:SHOWN]
            return


CONDITIONS: dict[str, Callable[[Observation], Iterator[str]]] = {
    "score": _score,
    "canary": _canary,
    "marker": _marker,
    "leftover": _leftover,
    "called": _called,
    "late": _late,
    "host": _host,
    "broken": _broken,
    "memory": _memory,
    "taken": _taken,
    "unclean": _unclean,
    "words": _words,
    "figures": _figures_tell,
    "surroundings": _surroundings,
    "reached": _reached,
}


def learner_texts(reports: Sequence[Report]) -> str:
    """All that the learner can read in some reports, as one text."""
    return "\n".join(text for report in reports for _, text in _texts(learner_view(report)))
