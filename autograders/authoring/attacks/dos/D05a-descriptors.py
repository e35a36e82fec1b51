# mypy: ignore-errors
"""
id = "D05a"
title = "Open descriptors until there are none left, and answer then"
goal = "The engine cannot talk to a process that has no descriptor to spare."
succeeds = ["late", "host", "broken"]
base = "starter"
any_problem = true
stops = 1
"""

import os

kept = []
try:
    while True:
        kept.append(os.open("/dev/null", os.O_RDWR))
except OSError:
    pass
