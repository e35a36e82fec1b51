# mypy: ignore-errors
"""
id = "D17e"
title = "Answer without ever reading what is asked"
goal = "The writer blocks on a pipe that nobody empties."
succeeds = ["late", "host", "broken"]
stops = 1
"""

import sys
import time

agent = sys.modules.get("autograders.learner.agent")


def caption(text):
    if agent and "hidden" in text:
        agent.read_frame = lambda fd: time.sleep(10**6)
    return text


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
