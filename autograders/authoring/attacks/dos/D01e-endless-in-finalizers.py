# mypy: ignore-errors
"""
id = "D01e"
title = "Loop in finalizers, hashes and comparisons that others call"
goal = "Code that runs when nobody calls it is not watched."
succeeds = ["late", "host"]
stops = 3
"""

import sys
import threading


class Endless:
    def __del__(self):
        while True:
            pass

    __hash__ = __eq__ = __len__ = __del__


def scale(values, factor):
    Endless()
    return values


def total(values):
    return {Endless(): 1}


sys.setswitchinterval(1e9)
median = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
