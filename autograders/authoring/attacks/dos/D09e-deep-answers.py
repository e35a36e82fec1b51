# mypy: ignore-errors
"""
id = "D09e"
title = "Return lists in lists in lists, and one that holds itself"
goal = "Whoever walks through the answer runs out of stack."
succeeds = ["late", "host", "broken"]
stops = 2
"""


def nest(depth):
    deep = []
    for _ in range(depth):
        deep = [deep]
    return deep


def itself():
    ring = []
    ring.append(ring)
    return ring


scale = lambda values, factor: nest(100_000)
total = lambda values: itself()
median = lambda values: nest(63)
caption = lambda text: {0: {0: {0: nest(1_000)}}}
partial_sums = lambda values: iter([nest(5_000)])
spread = inversions = lambda values: itself()
Ledger = object
