# mypy: ignore-errors
"""
id = "C02o"
title = "Write a file with the forbidden import and import that"
goal = "Files that the submission makes are not read by anybody before they are run."
succeeds = ["score"]
past_rules = false
"""

import sys

with open("borrowed.py", "w") as file:
    file.write("from stat" + "istics import median")
sys.path[:0] = ["", "."]


def median(values):
    import borrowed

    return borrowed.median(values.tolist())


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
