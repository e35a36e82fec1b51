# mypy: ignore-errors
"""
id = "C02a"
title = "Reach the forbidden function by a name that is put together"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import numpy as np


def median(values):
    return float(getattr(np, "me" + "dian")(values))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
