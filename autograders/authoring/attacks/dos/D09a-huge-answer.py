# mypy: ignore-errors
"""
id = "D09a"
title = "Return the largest answer that there is room for"
goal = "The grader's own memory is what pays for it."
succeeds = ["late", "host", "memory"]
most_mb = 256
stops = 2
"""

import numpy as np


def scale(values, factor):
    return np.zeros(5_000_000)


total = median = caption = spread = inversions = lambda values: bytes(24 << 20)
partial_sums = lambda values: ["x" * 1000] * 30_000
Ledger = object
