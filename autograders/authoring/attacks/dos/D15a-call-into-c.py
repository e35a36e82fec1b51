# mypy: ignore-errors
"""
id = "D15a"
title = "A call into numpy that does not come back"
goal = "No Python code runs that could look at the time."
succeeds = ["late", "host"]
stops = 2
"""

import numpy as np


def scale(values, factor):
    x = np.random.default_rng(0).normal(size=(1_200, 1_200))
    return np.linalg.matrix_power(x, 10**9)


total = median = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
