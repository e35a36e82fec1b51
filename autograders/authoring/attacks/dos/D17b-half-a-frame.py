# mypy: ignore-errors
"""
id = "D17b"
title = "Write half a frame and wait"
goal = "Whoever reads waits for the other half."
succeeds = ["late", "host", "broken"]
stops = 1
"""

import os
import struct
import time


def caption(text):
    if "hidden" not in text:
        return text
    os.write(3, struct.pack("!4sIQ", b"CPW1", 1000, 1000) + b"\x92")
    time.sleep(10**6)


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
