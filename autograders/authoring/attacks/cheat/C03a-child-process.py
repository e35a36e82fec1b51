# mypy: ignore-errors
"""
id = "C03a"
title = "Have another program do the work"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import os


def median(values):
    text = ",".join(map(repr, values.tolist()))
    with os.popen(f"python3 -c 'import stat" + f"istics; print(stat" + f"istics.median([{text}]))'") as child:
        return float(child.read())


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
