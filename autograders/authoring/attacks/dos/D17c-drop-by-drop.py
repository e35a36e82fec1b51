# mypy: ignore-errors
"""
id = "D17c"
title = "Write an answer one byte at a time, slowly"
goal = "A limit that starts anew with each byte is never reached."
succeeds = ["late", "host", "broken"]
stops = 1
"""

import os
import struct
import time


def caption(text):
    if "hidden" not in text:
        return text
    for byte in struct.pack("!4sIQ", b"CPW1", 1000, 0) + bytes(1000):
        os.write(3, bytes([byte]))
        time.sleep(0.1)


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
