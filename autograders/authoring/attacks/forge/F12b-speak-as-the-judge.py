# mypy: ignore-errors
"""
id = "F12b"
title = "Tell the engine, over every descriptor, that all checks have passed"
goal = "The line over which verdicts travel can be written to by the submission."
succeeds = ["score", "broken"]
base = "starter"
any_problem = true
"""

import os
import sys

frame = sys._getframe()
while frame and "write_frame" not in frame.f_globals:
    frame = frame.f_back
encode = frame.f_globals["encode"] if frame else None
told = {"op": "finished", "outcome": "passed", "share": 1.0, "message": "", "seconds": 0.0, "detail": {}}
for check in "@CHECKS@".split() if encode else ():
    for fd in range(256):
        try:
            os.write(fd, encode(told | {"name": check}).to_bytes())
        except OSError:
            continue
