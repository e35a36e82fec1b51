# mypy: ignore-errors
"""
id = "L07b"
title = "Print hidden inputs by every way there is to the output"
goal = "Output of a hidden check is shown to the learner."
succeeds = ["canary"]
"""

import atexit
import os
import sys
import warnings


def caption(text):
    print(text)
    print(text, file=sys.stderr)
    sys.__stdout__.write(text)
    os.write(1, text.encode())
    os.write(2, text.encode())
    warnings.warn(text, stacklevel=1)
    atexit.register(print, text)
    return text


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
