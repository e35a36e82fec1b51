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
import sys

frame = sys._getframe()
while frame and "write_frame" not in frame.f_globals:
    frame = frame.f_back
encode = frame.f_globals["encode"] if frame else lambda value: None
AHEAD = [encode({"value": value}) for value in (None, True, 0.0, 1, "", [], "TWO-WORDS")]


def answer(*arguments, **options):
    for made in AHEAD * 8:
        if made:
            os.write(3, made.to_bytes())
    return None


for name in "@ENTRIES@".split():
    globals()[name] = answer
