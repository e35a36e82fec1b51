# mypy: ignore-errors
"""
id = "F20b"
title = "Replace methods that the reference's own types are made of"
goal = "The class of the expected value is shared with the submission."
succeeds = ["score"]
"""

import gc
import types

# What was there before the fork is kept out of the lists: bring it back.
gc.unfreeze()


def zero(*arguments, **options):
    return 0.0


# Everything of the same names, wherever it is, does what this file does.
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ in ("total", "median", "spread", "scale", "caption"):
        thing.__code__ = zero.__code__

total = median = spread = scale = caption = inversions = partial_sums = zero
Ledger = object
