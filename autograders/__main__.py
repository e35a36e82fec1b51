"""`python -m autograders COMMAND`: the engine from the command line, with no site and no database."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from autograders.commands import EXIT_DONE, EXIT_STOPPED, EXIT_USAGE
from autograders.problem import ProblemError
from autograders.submission import SubmissionError

# Imported when chosen: `grade` need not wait for what only an author uses.
COMMANDS = {
    "attack": ("autograders.commands.attack", "fire the attack corpus at this engine"),
    "doctor": ("autograders.commands.doctor", "say what the sandbox finds on this host, and whether it may grade"),
    "grade": ("autograders.commands.grade", "grade one submission and print its report"),
}


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and carry it out; gives the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given[0] if given else "").parse_args(given)
    try:
        return int(options.run(options))
    except (ProblemError, SubmissionError) as error:
        print(f"autograders: {error}", file=sys.stderr)
        return EXIT_USAGE
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except KeyboardInterrupt:
        print("autograders: stopped", file=sys.stderr)
        return EXIT_STOPPED


def _parser(chosen: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m autograders", description="Grade submissions against problems.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (path, what) in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        if name == chosen:
            module = importlib.import_module(path)
            module.configure(command)
            command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
