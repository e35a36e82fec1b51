# mypy: ignore-errors
"""
id = "L07c"
title = "Return the hidden input where an answer is quoted in the message or in the details"
goal = "What is found in place of the answer is shown to the learner."
succeeds = ["canary"]
"""

import numpy as np


def caption(text):
    return [text, {text: text}, np.array([text])]


def scale(values, factor):
    raise RecursionError(str(values[0]))


total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = type("Ledger", (), {"add": lambda self, n: None})
