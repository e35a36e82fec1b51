# mypy: ignore-errors
"""
id = "C02l"
title = "Write the forbidden call in an encoding that hides it"
goal = "Who reads the source as UTF-8 reads something else than what is run."
succeeds = ["score"]
form = "upload"
past_rules = false
"""

SOURCE = b"""# -*- coding: utf-7 -*-
import numpy as np
scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
def median(values):
    # In UTF-7 this comment ends here:+AAo-    return float(np.+AG0-edian(values))
    return None
"""


def build(mark, folder):
    return "solution.py", SOURCE
