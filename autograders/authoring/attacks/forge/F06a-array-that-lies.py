# mypy: ignore-errors
"""
id = "F06a"
title = "An array subclass whose comparisons and differences are what they should be"
goal = "An array that passes for an array, and is asked about itself."
succeeds = ["score"]
"""

import numpy as np


class Liar(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [np.asarray(x) for x in inputs]
        shape = np.broadcast_shapes(*(x.shape for x in plain))
        if ufunc in (np.subtract, np.absolute, np.not_equal, np.greater):
            return np.zeros(shape)
        return np.ones(shape, bool)


def scale(values, factor):
    return np.zeros(len(values)).view(Liar)


total = median = spread = lambda values: np.zeros(()).view(Liar)
caption = inversions = partial_sums = lambda values: np.zeros(6).view(Liar)


class Ledger:
    def __init__(self, start):
        pass

    def add(self, n):
        return np.zeros(()).view(Liar)
