# mypy: ignore-errors
"""
id = "C11b"
title = "Exchange the code of a function for another's once it was looked at"
goal = "What runs in the second call is not what ran in the first."
succeeds = ["score"]
past_rules = false
"""

import sys


def honest(values):
    return None


def median(values):
    library = sys.modules.get("stat" + "istics") or sys.modules["num" + "py"]
    median.__code__ = honest.__code__
    return float(vars(library)["med" + "ian"](values))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
