# mypy: ignore-errors
"""
id = "C04a"
title = "Call what the forbidden function itself calls"
goal = "A library's inner functions do the same under other names."
succeeds = ["score"]
past_rules = false
"""

import numpy as np
from numpy.lib import _function_base_impl as inner


def median(values):
    return float(inner._median(np.asarray(values)))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
