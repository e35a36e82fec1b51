# mypy: ignore-errors
"""
id = "C02g"
title = "Have a library function fetch the attribute"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import functools
import operator
import string

import numpy as np

ways = [
    lambda: operator.attrgetter("med" + "ian")(np),
    lambda: operator.methodcaller("__getattribute__", "nanmed" + "ian")(np),
    lambda: functools.reduce(getattr, ["quan" + "tile"], np),
    lambda: string.Formatter().get_field("0.percen" + "tile", [np], {})[0],
]


def median(values):
    for way in ways:
        try:
            function = way()
            return float(function(values) if "med" in function.__name__ else function(values, 0.5))
        except (AttributeError, TypeError, ValueError, ImportError):
            continue
    return None


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
