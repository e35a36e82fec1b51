# mypy: ignore-errors
"""
id = "C02i"
title = "Find the forbidden function among all objects"
goal = "A function that the library itself holds can be called, whatever its name was replaced by."
succeeds = ["score"]
past_rules = false
"""

import gc


def median(values):
    gc.unfreeze()
    for thing in gc.get_objects():
        if getattr(thing, "__module__", None) in ("numpy", "numpy.lib._function_base_impl", "statistics"):
            if getattr(thing, "__name__", "") == "median" and callable(thing):
                try:
                    return float(thing(values))
                except Exception:
                    continue
    return None


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
