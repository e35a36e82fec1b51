# mypy: ignore-errors
"""
id = "D01c"
title = "A regular expression that goes back and forth for years"
goal = "A single call into C that cannot be interrupted from Python."
succeeds = ["late", "host"]
stops = 2
"""

import re


def scale(values, factor):
    return re.match(r"(a|aa)+(a?)*(\1|a)*$", "a" * 60 + "b")


total = median = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
