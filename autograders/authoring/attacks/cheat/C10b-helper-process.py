# mypy: ignore-errors
"""
id = "C10b"
title = "Have a process of its own do the work"
goal = "The clock is that of one process."
succeeds = ["score"]
"""

import os

import numpy as np


def slowly(points):
    for _ in range(12):
        found = 0.0
        for i in range(len(points) - 1):
            found += float(np.sqrt(((points[i + 1 :] - points[i]) ** 2).sum(axis=1)).sum())
    return found


def spread(points):
    ours, theirs = os.pipe()
    if os.fork() == 0:
        os.write(theirs, repr(slowly(points)).encode())
        os._exit(0)
    return float(os.read(ours, 64))


scale = total = median = caption = partial_sums = inversions = lambda *a: None
Ledger = object
