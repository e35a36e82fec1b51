# mypy: ignore-errors
"""
id = "F02b"
title = "Leave the last word to an exit hook"
goal = "Results that are written at the end of the process are replaced after that."
succeeds = ["score"]
base = "starter"
any_problem = true
"""

import atexit
import json
import os
import sys


def last_word():
    with open("results.json", "w") as file:
        json.dump({"score": 1000, "checks": [{"name": n, "outcome": "passed"} for n in "@CHECKS@".split()]}, file)
    print("all checks passed", flush=True)
    os._exit(0)


atexit.register(last_word)
sys.exitfunc = last_word
