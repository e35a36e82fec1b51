# mypy: ignore-errors
"""
id = "C08b"
title = "Compute while the answer is being encoded"
goal = "Encoding is not part of the timed call."
succeeds = ["score"]
"""

import numpy as np


def slowly(points):
    for _ in range(12):
        found = 0.0
        for i in range(len(points) - 1):
            found += float(np.sqrt(((points[i + 1 :] - points[i]) ** 2).sum(axis=1)).sum())
    return found


class Later(float):
    def __getattribute__(self, name):
        return object.__getattribute__(self, name)

    def __float__(self):
        return slowly(POINTS[-1])

    def as_integer_ratio(self):
        return slowly(POINTS[-1]).as_integer_ratio()

    __reduce__ = lambda self: (float, (slowly(POINTS[-1]),))


POINTS = []


def spread(points):
    POINTS.append(points)
    return Later(0.0)


scale = total = median = caption = partial_sums = inversions = lambda *a: None
Ledger = object
