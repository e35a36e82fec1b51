"""`doctor`: what the lock-down finds on this host, and whether submissions may be graded here."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Sequence

from autograders.commands import EXIT_BREACH, EXIT_DONE, EXIT_USAGE
from autograders.sandbox import PLACEMENTS, SandboxUnavailable
from autograders.sandbox.container_tries import examine_containers
from autograders.sandbox.mechanisms import NOT_NEEDED, Finding, Verdict, chosen_placement, examine, judge, reasons

HEADINGS = ("mechanism", "state", "protects from", "how to enable")
NARROWEST_TABLE = 76
MOST_NAME, MOST_STATE = 24, 30


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON object")
    parser.add_argument(
        "--sandbox", choices=sorted(PLACEMENTS), help="judge this placement alone; else SANDBOX decides"
    )


def run(options: argparse.Namespace) -> int:
    """Try, judge and print; 0 where the chosen placement may grade, 1 where not."""
    try:
        chosen = options.sandbox or chosen_placement()
    except SandboxUnavailable as error:
        print(f"autograders: {error}", file=sys.stderr)
        return EXIT_USAGE
    findings = [*examine(chosen), *examine_containers(chosen)]
    verdicts = {name: judge(name) for name in ([options.sandbox] if options.sandbox else PLACEMENTS)}
    if options.json:
        print(json.dumps(as_json(chosen, findings, verdicts)))
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        text = f"{table(findings, width, _rule())}\n\n{paragraph(closing(chosen, verdicts, findings), width)}"
        # A terminal that cannot show a character gets another in its place, not an error.
        print(text.encode(sys.stdout.encoding or "ascii", "replace").decode(sys.stdout.encoding or "ascii"))
    return EXIT_DONE if verdicts[chosen].usable else EXIT_BREACH


def as_json(chosen: str, findings: Sequence[Finding], verdicts: dict[str, Verdict]) -> dict[str, object]:
    """The findings as plain data."""
    return {
        "chosen": chosen,
        "placements": {name: verdict.to_json() for name, verdict in verdicts.items()},
        "mechanisms": [finding.to_json() for finding in findings],
    }


def closing(chosen: str, verdicts: dict[str, Verdict], findings: Sequence[Finding] = ()) -> str:
    """One sentence: whether submissions may be graded here, by which placement and in which tier."""
    verdict = verdicts[chosen]
    missing = ", ".join(finding.mechanism.name for finding in reasons(findings, chosen))
    if verdict.usable:
        said = f"Submissions may be graded here by the {chosen} placement, in the {verdict.tier} tier: {verdict.why}"
        return said + (f"; it would hold more firmly with {missing}." if missing else ".")
    other = [name for name, one in verdicts.items() if one.usable]
    instead = f" (the {other[0]} placement holds: set SANDBOX={other[0]})" if other else ""
    why = f"{missing} missing: " if missing else ""
    return f"Submissions must not be graded here by the {chosen} placement{instead}: {why}{verdict.why.rstrip('.')}."


def table(findings: Sequence[Finding], width: int, rule: str = "-") -> str:
    """One row a mechanism, as wide as the terminal; where that is narrow, one block a mechanism."""
    rows = [cells(finding) for finding in findings]
    if width < NARROWEST_TABLE:
        return "\n".join(_block(row, width) for row in rows)
    last = any(row[3] for row in rows)
    widths = _widths(width, with_last=last)
    lines = [_row(HEADINGS, widths), rule * (sum(widths) + 2 * (len(widths) - 1))]
    return "\n".join([*lines, *(_row(row, widths) for row in rows)])


def cells(finding: Finding) -> tuple[str, str, str, str]:
    """Name, state, what it protects from, and how to enable it where that is not done."""
    one, detail = finding.mechanism, finding.detail
    if not_needed := finding.state == NOT_NEEDED:
        detail = detail.partition(";")[0]
    state = f"{finding.state}: {detail}" if detail else finding.state
    needless = finding.state == "yes" or not_needed
    return one.name, state, one.protects, "" if needless else one.enable


def paragraph(text: str, width: int) -> str:
    """The text in lines that fit."""
    return textwrap.fill(text, max(20, width - 1), break_on_hyphens=False)


def _widths(width: int, *, with_last: bool) -> tuple[int, ...]:
    state = min(MOST_STATE, width // 4)
    rest = width - 1 - MOST_NAME - state - (6 if with_last else 4)
    return (MOST_NAME, state, rest // 2, rest - rest // 2) if with_last else (MOST_NAME, state, rest)


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    columns = [textwrap.wrap(text, width) or [""] for text, width in zip(row, widths, strict=False)]
    height = max(len(lines) for lines in columns)
    padded = [lines + [""] * (height - len(lines)) for lines in columns]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*padded, strict=True)
    )


def _block(row: Sequence[str], width: int) -> str:
    name, state, protects, enable = row
    lines = [f"{name}: {state}", f"  protects from {protects}"] + ([f"  to enable: {enable}"] if enable else [])
    return "\n".join(textwrap.fill(line, max(20, width - 1), subsequent_indent="    ") for line in lines)


def _rule() -> str:
    """A line's character, if this terminal has it."""
    try:
        "─".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return "-"
    return "─"
