# mypy: ignore-errors
"""
id = "C02d"
title = "Take the forbidden library from the loaded modules"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import sys


def median(values):
    return sys.modules["stat" + "istics"].median(values.tolist())


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
