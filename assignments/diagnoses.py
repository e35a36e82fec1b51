"""What a check found out about a difference, made ready for the result page: pure functions of its detail."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

GRADIENT_WORDS = {"right": "right", "wrong": "wrong", "undecided": "not decided"}
MOST_ROWS = 12
MOST_TEXT = 400
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Diagnosis:
    """The message without the sentence that stands by itself, that sentence under its title, and the figures."""

    message: str
    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]


def diagnosis_of(message: str, detail: dict[str, Any] | None) -> Diagnosis | None:
    """The diagnosis in a check's detail; None where there is none, or it is of another version."""
    told = (detail or {}).get("diagnosis")
    if not isinstance(told, dict):
        return None
    title, sentence = (_text(told.get(name)) for name in ("title", "sentence"))
    if sentence:
        before, _, after = message.partition(f". {sentence}")
        message = " ".join(part for part in (f"{before}.".replace("..", "."), after.strip()) if part)
    try:
        facts = _facts(told)
    except (KeyError, TypeError, ValueError, OverflowError):
        facts = ()
    return Diagnosis(message, title, sentence, facts) if sentence or facts else None


def _text(value: Any) -> str:
    return value[:MOST_TEXT] if isinstance(value, str) else ""


def _facts(told: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    if "first_index" not in told:
        return ()
    facts = []
    if told["first_index"]:
        facts.append(("First difference at", f"[{', '.join(str(int(i)) for i in told['first_index'])}]"))
        facts.append(("Values that differ", f"{int(told['wrong']):,} of {int(told['total']):,}"))
    if told["largest_error"] is not None:
        facts.append(("Largest error", f"{float(told['largest_error']):.3g}"))
    if told["tolerances"] is not None:
        facts.append(("In tolerances", in_tolerances(float(told["tolerances"]))))
    return tuple(facts)


def in_tolerances(ratio: float) -> str:
    """A number of tolerances: in full where that is short, else as a power of ten."""
    if not math.isfinite(ratio):
        return "–"
    if ratio < 10_000:
        return f"{ratio:.2g}" if ratio < 100 else f"{ratio:,.0f}"
    digits, power = f"{ratio:.1e}".split("e+")
    return f"{digits} × 10{str(int(power)).translate(RAISED)}"


def gradient_rows(detail: dict[str, Any] | None) -> list[tuple[str, str, str, str]]:
    """Each parameter of a check of gradients: name, outcome, entries looked at, largest error in tolerances."""
    rows = (detail or {}).get("parameters")
    if not isinstance(rows, list):
        return []
    made = []
    for row in rows[:MOST_ROWS]:
        try:
            looked = f"{int(row['checked']):,}" + (f" ({int(row['left_out']):,} left out)" if row["left_out"] else "")
            worst = in_tolerances(float(row["tolerances"])) if row["checked"] else "–"
            made.append((_text(row["name"]), GRADIENT_WORDS[row["outcome"]], looked, worst))
        except (KeyError, TypeError, ValueError):
            return []
    return made
