# mypy: ignore-errors
"""
id = "D02a"
title = "A fork bomb"
goal = "The host runs out of processes."
succeeds = ["late", "host", "leftover", "reached"]
base = "starter"
any_problem = true
stops = 1
"""

import os

for _ in range(100):
    try:
        while os.fork() >= 0:
            print("@MARK@ reached: a second process")
    except OSError:
        continue
