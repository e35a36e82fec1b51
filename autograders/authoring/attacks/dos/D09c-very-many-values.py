# mypy: ignore-errors
"""
id = "D09c"
title = "Return very many small values, packed as tightly as the wire allows"
goal = "A short answer becomes a large one where it is decoded."
succeeds = ["late", "host", "memory", "broken"]
most_mb = 256
stops = 3
"""

scale = lambda values, factor: [[] for _ in range(300_000)]
total = lambda values: {n: () for n in range(200_000)}
median = lambda values: [(n, (n, (n,))) for n in range(100_000)]
caption = lambda text: [set() for _ in range(100_000)]
partial_sums = lambda values: [list(range(n, n + 2)) for n in range(200_000)]
spread = inversions = lambda values: [None] * 900_000
Ledger = object
