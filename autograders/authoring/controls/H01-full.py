# mypy: ignore-errors
"""
id = "H01"
title = "Everything right, written differently from the reference"
goal = "All points."
succeeds = []
honest = [
    "test_scale_example", "test_total", "test_total_of_nothing", "test_ledger", "test_partial_sums",
    "test_scale_of_fresh_values", "test_median_of_fresh_values", "test_caption", "test_caption_of_two_words", "test_scale_of_nothing", "test_spread_is_fast",
    "test_inversions_grow_slowly", "test_spread_in_little_memory",
]
"""

import math

import numpy as np


def scale(values, factor):
    return np.multiply(factor, values)


def total(values):
    if len(values) == 0:
        raise ValueError("empty")
    return math.fsum(values)


def median(values):
    ordered = sorted(values.tolist())
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (low + high) / 2


def caption(text):
    return "-".join(text.split(" ")).upper()


class Ledger:
    def __init__(self, start):
        self.entries = [start]

    @property
    def balance(self):
        return sum(self.entries)

    def add(self, n):
        self.entries.append(n)
        return self.balance


def partial_sums(values):
    for i in range(len(values)):
        yield sum(values[: i + 1])


def spread(points):
    x, y = points[:, 0].copy(), points[:, 1].copy()
    return float(sum(np.hypot(x[i + 1 :] - x[i], y[i + 1 :] - y[i]).sum() for i in range(len(x) - 1)))


def inversions(values):
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable").tolist()
    tree = [0] * (len(ranks) + 1)
    found = 0
    for seen, rank in enumerate(ranks):
        i, before = rank + 1, 0
        while i:
            before += tree[i]
            i -= i & -i
        found += seen - before
        i = rank + 1
        while i < len(tree):
            tree[i] += 1
            i += i & -i
    return found
