# mypy: ignore-errors
"""
id = "C08a"
title = "Return an object that computes when it is looked at"
goal = "The clock stops before the work is done."
succeeds = ["score"]
"""

import numpy as np


def slowly(points):
    for _ in range(12):
        found = 0.0
        for i in range(len(points) - 1):
            found += float(np.sqrt(((points[i + 1 :] - points[i]) ** 2).sum(axis=1)).sum())
    return found


class Later(np.ndarray):
    def __array_finalize__(self, other):
        self.points = getattr(other, "points", None)

    def item(self):
        return slowly(self.points)

    __float__ = __abs__ = __sub__ = lambda self, *a: slowly(self.points)
    tolist = item


def spread(points):
    answer = np.zeros(()).view(Later)
    answer.points = points
    return answer


scale = total = median = caption = partial_sums = inversions = lambda *a: None
Ledger = object
