# mypy: ignore-errors
"""
id = "F02a"
title = "A thread that goes on overwriting results and answers"
goal = "What the grader wrote or read is replaced after the fact."
succeeds = ["score"]
base = "starter"
any_problem = true
"""

import json
import os
import threading
import time

RESULT = json.dumps({"score": 1000, "checks": [{"name": n, "outcome": "passed"} for n in "@CHECKS@".split()]})


def overwrite():
    while True:
        for name in ("results.json", "report.json", "/tmp/results.json"):
            try:
                with open(name, "w") as file:
                    file.write(RESULT)
            except OSError:
                pass
        time.sleep(0.002)


threading.Thread(target=overwrite, daemon=True).start()
for name in "@ENTRIES@".split():
    globals()[name] = lambda *a, **k: time.sleep(0.02)
