# mypy: ignore-errors
"""
id = "D17d"
title = "Put nonsense, devices and the output in the wire's place"
goal = "The reader of the wire is brought down by what it reads."
succeeds = ["late", "host", "broken", "memory"]
base = "starter"
any_problem = true
stops = 5
"""

import os

os.write(3, os.urandom(4096))
os.dup2(os.open("/dev/zero", os.O_RDONLY), 3)
os.dup2(3, 1)
