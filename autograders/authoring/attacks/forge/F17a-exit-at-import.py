# mypy: ignore-errors
"""
id = "F17a"
title = "Leave with status 0 while being imported"
goal = "A process that ended well is taken for a run that went well."
succeeds = ["score", "broken"]
base = "starter"
any_problem = true
"""

import os

os._exit(0)
