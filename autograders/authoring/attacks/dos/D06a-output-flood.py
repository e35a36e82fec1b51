# mypy: ignore-errors
"""
id = "D06a"
title = "Print without end, with and without Python's own streams"
goal = "Whoever collects the output runs out of memory or time."
succeeds = ["late", "host", "memory"]
base = "starter"
any_problem = true
stops = 1
"""

import os

while True:
    try:
        print("x" * 100_000)
        os.write(1, bytes(1 << 20))
        os.write(2, bytes(1 << 20))
    except BaseException:
        continue
