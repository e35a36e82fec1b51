# mypy: ignore-errors
"""
id = "F01b"
title = "Print a whole report in the engine's own form, and leave"
goal = "A grader that reads the report from standard output takes the first or the last one."
succeeds = ["score"]
base = "starter"
any_problem = true
"""

import json
import sys

checks = [
    {"name": name, "title": name, "outcome": "passed", "points": 99.0, "max_points": 99.0, "hidden": False}
    for name in "@CHECKS@".split()
]
print(json.dumps({"version": 1, "outcome": "passed", "score": 99.0, "max_score": 99.0, "checks": checks}))
sys.stdout.flush()
raise SystemExit(0)
