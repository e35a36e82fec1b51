# mypy: ignore-errors
"""
id = "D07a"
title = "Recursion into the end of the stack, in Python and in C"
goal = "A crash takes with it whoever called."
succeeds = ["late", "host", "broken"]
stops = 3
"""

import functools
import sys
import threading

sys.setrecursionlimit(10**9)
threading.stack_size(1 << 24)


def scale(values, factor):
    return scale(values, factor)


def total(values):
    deep = ()
    for _ in range(10**6):
        deep = (deep,)
    return repr(deep)


def median(values):
    nest = functools.partial(print)
    for _ in range(10**6):
        nest = functools.partial(nest.__call__)
    return nest()


caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
