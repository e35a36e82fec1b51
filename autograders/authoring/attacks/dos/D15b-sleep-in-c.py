# mypy: ignore-errors
"""
id = "D15b"
title = "Sleep in C while holding the interpreter's lock"
goal = "Neither CPU time nor Python's own signals end it."
succeeds = ["late", "host", "broken"]
stops = 1
"""

import ctypes


def caption(text):
    if "hidden" not in text:
        return text
    ctypes.PyDLL(None).sleep(10**6)


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
