# mypy: ignore-errors
"""
id = "C03b"
title = "Have a forked child that is not watched do the work"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import os
import sys


def median(values):
    ours, theirs = os.pipe()
    if os.fork() == 0:
        os.write(theirs, repr(sys.modules["stat" + "istics"].median(values.tolist())).encode())
        os._exit(0)
    return float(os.read(ours, 100))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
