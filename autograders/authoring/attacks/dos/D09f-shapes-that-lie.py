# mypy: ignore-errors
"""
id = "D09f"
title = "Frames whose arrays claim shapes, sizes and digits beyond all bounds"
goal = "Memory is taken by what is claimed, not by what is sent."
succeeds = ["late", "host", "memory", "broken"]
stops = 5
"""

import os
import struct
import sys

import numpy as np

frame = sys._getframe()
while frame and "write_frame" not in frame.f_globals:
    frame = frame.f_back
encode = frame.f_globals["encode"] if frame else None


def lie(value, claims):
    def send(*arguments, **options):
        made = encode({"value": value})
        body = b"".join(bytes(part) for part in made.body)
        for claim in claims:
            # 2000 stands in the header wherever a size does.
            header = bytes(made.header).replace(b"\xcd\x07\xd0", claim)
            os.write(3, struct.pack("!4sIQ", b"CPW1", len(header), len(body)) + header + body)

    return send


HUGE = (b"\xcf\x7f" + b"\xff" * 7, b"\xce\x7f\xff\xff\xff", b"\xd3\x80" + bytes(7), b"\xcb\x7f\xf0" + bytes(6), b"\xc0")
scale = lie(np.zeros(2_000), HUGE)
total = lie(bytes(2_000), HUGE)
median = lie(np.zeros((2_000, 0, 2_000)), HUGE)
caption = lie([0.5] * 2_000, HUGE)
partial_sums = lie("x" * 2_000, HUGE)


def spread(points):
    os.write(3, struct.pack("!4sIQ", b"CPW1", 2**32 - 1, 2**64 - 1))


def inversions(values):
    return 1 << 60_000


Ledger = object
