# mypy: ignore-errors
"""
id = "D08b"
title = "Sleep for ever in a call"
goal = "Only time that is computed is limited."
succeeds = ["late", "host"]
stops = 1
"""

import time


def caption(text):
    if "hidden" not in text:
        return text
    while True:
        try:
            time.sleep(10**6)
        except BaseException:
            continue


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
