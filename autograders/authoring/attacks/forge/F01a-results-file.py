# mypy: ignore-errors
"""
id = "F01a"
title = "Write a results file that says all is passed, and leave"
goal = "A grader that reads results from where the submission can write believes them."
succeeds = ["score"]
base = "starter"
any_problem = true
"""

import json
import os

names = "@CHECKS@".split()
results = {
    "score": 1000,
    "outcome": "passed",
    "checks": [{"name": name, "outcome": "passed", "points": 100, "share": 1.0} for name in names],
    "tests": [{"name": name, "status": "passed", "score": 100, "max_score": 100} for name in names],
}
for name in ("results.json", "report.json", "/tmp/results.json", "../results.json", "output.json"):
    try:
        with open(name, "w") as file:
            json.dump(results, file)
    except OSError:
        pass
os._exit(0)
