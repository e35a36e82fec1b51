# mypy: ignore-errors
"""
id = "E11b"
title = "Write pickles to the wire in place of frames, and arrays of objects in frames"
goal = "Whatever reads the wire is lenient about what it finds there."
succeeds = ["marker", "broken"]
base = "starter"
any_problem = true
"""

import os
import pickle
import struct


class Maker:
    def __reduce__(self):
        return os.system, ("echo > @FOLDER@/left-@MARK@",)


body = pickle.dumps(Maker())
for dtype in (b"|O", b"O8", b"V8", b"|S99999999"):
    header = b"\x92\xa1d\x92\xa5value\x94\xa1a" + bytes([0xA0 | len(dtype)]) + dtype + b"\x91\x01\xa1C"
    os.write(3, struct.pack("!4sIQ", b"CPW1", len(header), len(body)) + header + body)
os.write(3, body)
