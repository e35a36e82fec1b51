# mypy: ignore-errors
"""
id = "D01a"
title = "Loop without end while being imported"
goal = "The verdict never comes."
succeeds = ["late", "host"]
base = "starter"
any_problem = true
stops = 1
"""

while True:
    pass
