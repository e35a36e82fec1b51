# mypy: ignore-errors
"""
id = "C02e"
title = "Run a text that calls the forbidden function"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import builtins

import numpy

run = vars(builtins)["ev" + "al"]


def median(values):
    return float(run("numpy.med" + "ian(values)", {"numpy": numpy, "values": values}))


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
