"""What an author imports in `grader.py`: the check decorator and strict comparisons."""

from autograders.judge.callbacks import GraderError, counted, served
from autograders.judge.checks import check
from autograders.judge.comparisons import Mismatch, assert_close, assert_same
from autograders.judge.proxies import ReferenceFailed, SolutionError, SolutionStopped, special
from autograders.judge.services.http import Answer, Delete, Get, Post, Put, Request

__all__ = [
    "Answer",
    "Delete",
    "Get",
    "GraderError",
    "Mismatch",
    "Post",
    "Put",
    "ReferenceFailed",
    "Request",
    "SolutionError",
    "SolutionStopped",
    "assert_close",
    "assert_same",
    "check",
    "counted",
    "served",
    "special",
]
