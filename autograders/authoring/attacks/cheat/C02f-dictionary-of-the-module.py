# mypy: ignore-errors
"""
id = "C02f"
title = "Take the forbidden function out of the module's dictionary"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import numpy as np


def median(values):
    return float(np.__dict__["med" + "ian"](values))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
