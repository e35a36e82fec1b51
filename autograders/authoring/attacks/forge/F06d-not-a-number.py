# mypy: ignore-errors
"""
id = "F06d"
title = "NaN and infinity in the place of every number"
goal = "Comparisons with NaN are false, so that `if error > bound` never fails."
succeeds = ["score"]
"""

import numpy as np


def scale(values, factor):
    return np.full_like(values, np.nan)


def total(values):
    return float("nan")


median = spread = inversions = total


def caption(text):
    return float("inf")


def partial_sums(values):
    return iter([float("nan")] * len(values))


class Ledger:
    def __init__(self, start):
        pass

    def add(self, n):
        return complex("nan")
