# mypy: ignore-errors
"""
id = "C01b"
title = "Call the forbidden function"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import numpy as np


def median(values):
    return float(np.median(values))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
