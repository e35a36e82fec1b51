# mypy: ignore-errors
"""
id = "D09b"
title = "Write a frame that is far larger than the process's own memory"
goal = "The reader keeps what the writer never held."
succeeds = ["late", "host", "memory", "broken"]
most_mb = 256
stops = 2
"""

import os
import struct

BLOCK = bytes(1 << 20)


def scale(values, factor):
    length = 255 << 20
    header = b"\x92\xa1d\x92\xa5value\x92\xa1B\xce" + struct.pack("!I", length)
    os.write(3, struct.pack("!4sIQ", b"CPW1", len(header), length) + header)
    sent = 0
    while sent < length:
        sent += os.write(3, BLOCK[: length - sent])
    os._exit(0)


total = median = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
