# mypy: ignore-errors
"""
id = "D17e"
title = "Answer without ever reading what is asked"
goal = "The writer blocks on a pipe that nobody empties."
succeeds = ["late", "host", "broken"]
stops = 4
"""

import sys
import time

agent = sys.modules.get("autograders.learner.agent")
if agent:
    agent.read_frame = lambda fd: time.sleep(10**6)

scale = total = median = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
