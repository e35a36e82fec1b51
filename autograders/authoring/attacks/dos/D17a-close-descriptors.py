# mypy: ignore-errors
"""
id = "D17a"
title = "Close every descriptor and go on"
goal = "The engine waits for a process that cannot answer."
succeeds = ["late", "host", "broken"]
base = "starter"
any_problem = true
stops = 2
"""

import os
import time

os.closerange(0, 1024)
time.sleep(10**6)
