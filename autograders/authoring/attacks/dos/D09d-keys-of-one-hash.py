# mypy: ignore-errors
"""
id = "D09d"
title = "Return dictionaries and sets whose keys have all one hash"
goal = "Putting them together takes the square of their number."
succeeds = ["late", "host", "broken"]
stops = 5
"""

PRIME = 2**61 - 1
scale = lambda values, factor: {n * PRIME for n in range(1, 20_000)}
total = lambda values: {n * PRIME: 0 for n in range(20_000)}
median = lambda values: {float("nan") for _ in range(50_000)}
caption = lambda text: {frozenset({n * PRIME}) for n in range(20_000)}
partial_sums = lambda values: iter([{(n * PRIME,): 0 for n in range(20_000)}])
spread = inversions = lambda values: {-1: 0, -2: 0, **{n * PRIME - 2: 0 for n in range(1, 20_000)}}
Ledger = object
