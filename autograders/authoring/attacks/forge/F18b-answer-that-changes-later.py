# mypy: ignore-errors
"""
id = "F18b"
title = "Return an object that is changed after it was returned"
goal = "The answer is compared later than it is given, and follows what was found meanwhile."
succeeds = ["score"]
"""

import numpy as np

given = []


def scale(values, factor):
    # The input itself: whatever the grader does to it next, it does to the answer as well.
    given.append(values)
    return values


def median(values):
    answer = np.zeros(())
    given.append((answer, values))
    return answer


total = spread = inversions = median


def caption(text):
    return [text]


def partial_sums(values):
    return values


class Ledger:
    def __init__(self, start):
        self.balance = [start]

    def add(self, n):
        return self.balance
