# mypy: ignore-errors
"""
id = "F06c"
title = "Answers whose shape or type makes the comparison empty"
goal = "Nothing is unequal in no elements, and one element is compared with many."
succeeds = ["score"]
"""

import numpy as np


def scale(values, factor):
    return np.empty((0, len(values)))


def total(values):
    return np.empty(0)


median = spread = total


def caption(text):
    return np.array([], dtype="U1")


def partial_sums(values):
    return np.empty((0, 6))


class Ledger:
    def __init__(self, start):
        pass

    def add(self, n):
        return np.empty(0, int)


inversions = total
