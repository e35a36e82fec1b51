# mypy: ignore-errors
"""
id = "C04b"
title = "Call the forbidden function through another that applies it"
goal = "Functions that take the name of a function call it for anybody."
succeeds = ["score"]
past_rules = false
"""

import numpy as np
from numpy.lib._nanfunctions_impl import _nanmedian1d


def median(values):
    return float(np.ravel(_nanmedian1d(np.array(values)))[0])


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
