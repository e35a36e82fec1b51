"""`python -m autograders`: grade from the command line, with no site and no database."""

from __future__ import annotations

import argparse
import json
import os
import sys

from autograders.engine import grade
from autograders.problem import ProblemError, load_problem
from autograders.report import CheckFinished, Collected, Event, Finished, Report
from autograders.sandbox import PLACEMENTS, open_sandbox
from autograders.submission import SubmissionError, read_path
from autograders.terminal import render_check, render_report

EXIT_GRADED, EXIT_USAGE, EXIT_BROKEN = 0, 2, 3


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and carry it out; gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.action(options))
    except (ProblemError, SubmissionError) as error:
        print(f"autograders: {error}", file=sys.stderr)
        return EXIT_USAGE
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_GRADED
    except KeyboardInterrupt:
        print("autograders: stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m autograders", description="Grade a submission against a problem.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("grade", help="grade one submission and print its report")
    command.add_argument("problem", metavar="PROBLEM", help="a problem folder")
    command.add_argument("submission", metavar="SUBMISSION", help="a file, a folder, or a .zip or .tar")
    command.add_argument("--json", action="store_true", help="print the report as one JSON object")
    command.add_argument("--visible", action="store_true", help="run the visible checks only")
    command.add_argument("--sandbox", choices=sorted(PLACEMENTS), default=os.environ.get("SANDBOX", "local"))
    command.set_defaults(action=_grade)
    return parser


def _grade(options: argparse.Namespace) -> int:
    problem = load_problem(options.problem)
    submission = read_path(options.submission)
    secret = os.environ.get("GRADING_SECRET", "").encode()
    report: Report | None = None
    with open_sandbox(options.sandbox) as sandbox:
        for event in grade(problem, submission, sandbox, visible_only=options.visible, secret=secret):
            if isinstance(event, Finished):
                report = event.report
            elif not options.json:
                _show(event)
    assert report is not None
    print(json.dumps(report.to_json(), allow_nan=False) if options.json else render_report(report))
    return EXIT_BROKEN if report.outcome == "broken" else EXIT_GRADED


def _show(event: Event) -> None:
    if isinstance(event, Collected):
        print(f"{len(event.checks)} checks", flush=True)
    elif isinstance(event, CheckFinished):
        print(render_check(event.check), flush=True)


if __name__ == "__main__":
    sys.exit(main())
