# mypy: ignore-errors
"""
id = "L07a"
title = "Carry hidden inputs out in exceptions: message, class name, notes and source lines"
goal = "What the learner's code raises in a hidden check is shown to the learner."
succeeds = ["canary"]
"""

import linecache


def caption(text):
    name = "".join(c if c.isalnum() else "_" for c in text)
    linecache.cache["solution.py"] = (len(text), None, [text + "\n"] * 400, "solution.py")
    error = type(name, (ValueError,), {})(text)
    error.add_note(text)
    error.__cause__ = KeyError(text)
    raise error


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
