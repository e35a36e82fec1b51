# mypy: ignore-errors
"""
id = "H02"
title = "Half of it right: too slow, too much memory, and odd lengths only"
goal = "The points of what is right, and not one more."
succeeds = []
honest = [
    "test_scale_example", "test_total", "test_ledger", "test_partial_sums", "test_scale_of_fresh_values",
    "test_caption", "test_caption_of_two_words", "test_scale_of_nothing",
]
"""

import numpy as np


def scale(values, factor):
    return values * factor


def total(values):
    return float(sum(values))


def median(values):
    return float(np.sort(values)[len(values) // 3])


def caption(text):
    return text.upper().replace(" ", "-")


class Ledger:
    def __init__(self, start):
        self.balance = start

    def add(self, n):
        self.balance += n
        return self.balance


def partial_sums(values):
    running = 0
    for value in values:
        running += value
        yield running


def spread(points):
    away = points[:, None] - points[None]
    found = 0.0
    for _ in range(20):
        found = float(np.sqrt((away**2).sum(axis=-1)).sum() / 2)
    return found


def inversions(values):
    found, before = 0, []
    for value in values.tolist():
        found += sum(other > value for other in before)
        before.append(value)
        for i in range(len(before)):
            for j in range(i):
                if before[j] > before[i]:
                    before[i], before[j] = before[j], before[i]
    return found
