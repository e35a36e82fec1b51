# mypy: ignore-errors
"""
id = "C01a"
title = "Import the forbidden library"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import statistics


def median(values):
    return statistics.median(values.tolist())


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
