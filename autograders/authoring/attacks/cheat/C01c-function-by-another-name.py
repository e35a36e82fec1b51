# mypy: ignore-errors
"""
id = "C01c"
title = "Call the forbidden function under names that were given to it"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

from numpy import median as middle

import numpy as np

f = np.median
half, g = 0.5, middle


def median(values, h=[np.nanmedian, f, g]):
    return float((chosen := h[0])(values))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
