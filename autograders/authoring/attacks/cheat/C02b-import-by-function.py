# mypy: ignore-errors
"""
id = "C02b"
title = "Import the forbidden library by the function behind the statement"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import builtins

load = getattr(builtins, "__imp" + "ort__")


def median(values):
    return load("stat" + "istics").median(values.tolist())


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
