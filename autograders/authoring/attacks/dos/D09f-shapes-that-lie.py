# mypy: ignore-errors
"""
id = "D09f"
title = "Frames whose arrays claim shapes, sizes and digits beyond all bounds"
goal = "Memory is taken by what is claimed, not by what is sent."
succeeds = ["late", "host", "memory", "broken"]
base = "starter"
any_problem = true
stops = 5
"""

import os
import struct


def send(tree, body=b""):
    os.write(3, struct.pack("!4sIQ", b"CPW1", len(tree), len(body)) + tree + body)


def lie(*arguments, **options):
    value = b"\x92\xa1d\x92\xa5value"
    huge = b"\xcf" + b"\x7f" + b"\xff" * 7
    send(value + b"\x94\xa1a\xa3<f8\x92" + huge + huge + b"\xa1C")
    send(value + b"\x94\xa1a\xa3<f8\x93" + huge + b"\x00" + huge + b"\xa1C")
    send(value + b"\x94\xa1a\xa9<U9999999\x91\x00\xa1C")
    send(value + b"\x92\xa1B" + huge)
    send(value + b"\x93\xa1L\xa3<f8" + huge)
    send(value + b"\xdd\x7f\xff\xff\xff")
    send(value + b"\x92\xa1I\xda\xff\xff" + b"f" * 65_535)
    os.write(3, struct.pack("!4sIQ", b"CPW1", 2**32 - 1, 2**64 - 1))


for name in "@ENTRIES@".split():
    globals()[name] = lie
