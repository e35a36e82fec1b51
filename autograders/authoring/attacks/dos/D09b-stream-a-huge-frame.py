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
import sys

BLOCK = bytes(1 << 20)
frame = sys._getframe()
while frame and "write_frame" not in frame.f_globals:
    frame = frame.f_back
encode = frame.f_globals["encode"] if frame else None


def scale(values, factor):
    for length in (255 << 20, 60 << 20):
        # The size of a small answer stands in the header as a number of two bytes: write a larger one there.
        header = bytes(encode({"value": bytes(2_000)}).header).replace(
            b"\xcd\x07\xd0", b"\xce" + struct.pack("!I", length)
        )
        os.write(3, struct.pack("!4sIQ", b"CPW1", len(header), length) + header)
        sent = 0
        while sent < length:
            sent += os.write(3, BLOCK[: length - sent])


total = median = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
