"""`grade`: one submission against one problem, with no site and no database."""

from __future__ import annotations

import argparse
import json
import os
import sys

from autograders.commands import EXIT_BROKEN, EXIT_DONE
from autograders.engine import grade
from autograders.problem import load_problem
from autograders.report import CheckFinished, Collected, Event, Finished, Report
from autograders.sandbox import PLACEMENTS, SandboxUnavailable, open_sandbox
from autograders.sandbox.cores import leave_timed_core
from autograders.submission import read_path
from autograders.terminal import render_check, render_report


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("problem", metavar="PROBLEM", help="a problem folder")
    parser.add_argument("submission", metavar="SUBMISSION", help="a file, a folder, or a .zip or .tar")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    parser.add_argument("--visible", action="store_true", help="run the visible checks only")
    parser.add_argument("--reveal", action="store_true", help="for authors: say what hidden checks found")
    parser.add_argument("--sandbox", choices=sorted(PLACEMENTS), default=os.environ.get("SANDBOX", "local"))


def run(options: argparse.Namespace) -> int:
    """Grade and print the report; gives the exit status."""
    problem = load_problem(options.problem)
    submission = read_path(options.submission)
    secret = os.environ.get("GRADING_SECRET", "").encode()
    report: Report | None = None
    try:
        leave_timed_core()
        opened = open_sandbox(options.sandbox)
    except SandboxUnavailable as error:
        print(f"autograders: {error}", file=sys.stderr)
        return EXIT_BROKEN
    with opened as sandbox:
        for event in grade(problem, submission, sandbox, visible_only=options.visible, secret=secret):
            if isinstance(event, Finished):
                report = event.report if options.reveal else event.report.without_findings()
            elif not options.json:
                _show(event, reveal=options.reveal)
    assert report is not None
    print(json.dumps(report.to_json(), allow_nan=False) if options.json else render_report(report))
    return EXIT_BROKEN if report.outcome == "broken" else EXIT_DONE


def _show(event: Event, *, reveal: bool) -> None:
    if isinstance(event, Collected):
        print(f"{len(event.checks)} checks", flush=True)
    elif isinstance(event, CheckFinished):
        print(render_check(event.check if reveal else event.check.without_findings()), flush=True)
