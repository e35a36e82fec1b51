# mypy: ignore-errors
"""
id = "F12a"
title = "Write answers to the wire before they are asked for"
goal = "Answers and requests fall out of step, and an answer of the submission's choice is read for each."
succeeds = ["score", "broken"]
base = "starter"
any_problem = true
"""

import os
import struct


def frame(header):
    return struct.pack("!4sIQ", b"CPW1", len(header), 0) + header


def answer(*arguments, **options):
    # {"value": None}, {"value": True} and {"value": 0.0} in the wire's own form, many times over.
    texts = (b"\x92\xa1d\x92\xa5value" + value for value in (b"\xc0", b"\xc3", b"\xcb" + bytes(8)))
    for text in texts:
        for _ in range(8):
            os.write(3, frame(text))
    return None


for name in "@ENTRIES@".split():
    globals()[name] = answer
