# mypy: ignore-errors
"""
id = "C02c"
title = "Import the forbidden library with importlib, reached through a module that has it"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import sys

loader = sys.modules["import" + "lib"]


def median(values):
    return loader.import_module("stat" + "istics").median(values.tolist())


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
