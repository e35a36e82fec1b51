"""The words for states, in one place: outcomes as the engine's report puts them, and what surrounds them."""

from __future__ import annotations

from autograders.report import OUTCOME_WORDING

OUTCOMES = OUTCOME_WORDING

# State -> the tone of its colour, its icon, its words.
STATES: dict[str, tuple[str, str, str]] = {
    "passed": ("good", "check", OUTCOMES["passed"][0]),
    "failed": ("bad", "cross", OUTCOMES["failed"][0]),
    "partly": ("wait", "half", "Partly passed"),
    "skipped": ("", "dash", OUTCOMES["skipped"][0]),
    "broken": ("wait", "clock", OUTCOMES["broken"][0]),
    "queued": ("wait", "clock", "In the queue"),
    "grading": ("busy", "busy", "Being graded"),
    "waiting": ("plain", "ring", "Waiting"),
    "running": ("busy", "busy", "Running"),
    "untouched": ("plain", "ring", "Not tried"),
    "tried": ("wait", "half", "Tried"),
    "solved": ("good", "check", "Solved"),
}

# What follows the state itself; a broken run is never put as the learner's failure.
BROKEN_SENTENCE = (
    "Not graded yet: the grader or its machine failed, not your submission. "
    "No points or attempts are lost, and it will be graded once that is repaired."
)
