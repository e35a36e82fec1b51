# mypy: ignore-errors
"""
id = "D03a"
title = "Take memory in one block: bytearray, numpy, a list, a text"
goal = "The host runs out of memory."
succeeds = ["late", "host", "memory"]
base = "starter"
any_problem = true
stops = 1
"""

import numpy as np

for take in (
    lambda: bytearray(8 << 30),
    lambda: np.ones(1 << 30),
    lambda: [0] * (1 << 30),
    lambda: "x" * (8 << 30),
    lambda: np.random.default_rng(0).normal(size=(1 << 15, 1 << 15)),
    lambda: np.zeros(1 << 33)[::512].__iadd__(1),
):
    try:
        take()
    except MemoryError:
        continue
