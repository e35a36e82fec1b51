# mypy: ignore-errors
"""
id = "D01d"
title = "Arithmetic on integers of billions of digits, and their decimal form"
goal = "A single operation that does not look at signals."
succeeds = ["late", "host"]
stops = 2
"""

import sys

sys.set_int_max_str_digits(0)


def scale(values, factor):
    return str(7 ** (7**9)) + str(3 ** (3**25))


total = median = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
