"""What an author imports in `grader.py`: the check decorator and strict comparisons."""

from autograders.judge.checks import check
from autograders.judge.comparisons import Mismatch, assert_close, assert_same
from autograders.judge.proxies import ReferenceFailed, SolutionError, SolutionStopped

__all__ = [
    "Mismatch",
    "ReferenceFailed",
    "SolutionError",
    "SolutionStopped",
    "assert_close",
    "assert_same",
    "check",
]
