# mypy: ignore-errors
"""
id = "D18b"
title = "Return new objects without end, so that each must be kept"
goal = "What is kept for the grader fills its tables."
succeeds = ["late", "host", "memory", "broken"]
stops = 3
"""


class Thing:
    def __init__(self, start=0):
        self.kept = bytearray(1000)

    def add(self, n):
        return [Thing() for _ in range(9_000)]

    def __next__(self):
        return Thing()

    __iter__ = lambda self: self


Ledger = Thing
scale = lambda values, factor: [[Thing() for _ in range(100)] for _ in range(120)]
total = lambda values: {n: Thing() for n in range(20_000)}
partial_sums = lambda values: Thing()
median = caption = spread = inversions = lambda *a: Thing()
