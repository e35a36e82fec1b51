# mypy: ignore-errors
"""
id = "F17b"
title = "End the process by a crash in the middle of a call"
goal = "A run that cannot be judged is taken for the grader's fault, or for a pass."
succeeds = ["score", "broken"]
base = "starter"
any_problem = true
"""

import ctypes


def crash(*arguments, **options):
    ctypes.string_at(0)


for name in "@ENTRIES@".split():
    globals()[name] = crash
