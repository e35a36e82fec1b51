# mypy: ignore-errors
"""
id = "C04c"
title = "Use the median of a part of the library that is forbidden too"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import numpy as np


def median(values):
    return float(getattr(np, "m" + "a").median(values))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
