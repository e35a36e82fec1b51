"""Twice a number, with a mark that no learner's code may ever find."""

MARK = "canary-in-reference-7311"


def double(x: float) -> float:
    """Twice x."""
    return x + x
