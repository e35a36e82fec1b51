# mypy: ignore-errors
"""
id = "D06b"
title = "Print without end from threads while calls are answered"
goal = "The output is drained only while a call is under way, or only after it."
succeeds = ["late", "host", "memory", "broken"]
base = "starter"
any_problem = true
stops = 5
"""

import os
import threading


def flood():
    while True:
        try:
            os.write(1, b"x" * 4096)
        except OSError:
            continue


for _ in range(4):
    threading.Thread(target=flood, daemon=True).start()
