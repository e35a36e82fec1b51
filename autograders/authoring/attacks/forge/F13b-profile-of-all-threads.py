# mypy: ignore-errors
"""
id = "F13b"
title = "A profile function in all threads that raises a pass out of the test's own frame"
goal = "What runs after the call, in whatever thread, runs under the submission's hook."
succeeds = ["score", "broken"]
base = "starter"
any_problem = true
"""

import sys
import threading


def hook(frame, event, argument):
    if event == "call" and frame.f_code.co_name.startswith(("assert_", "_compare", "fail", "_close")):
        for name in list(frame.f_locals):
            frame.f_locals[name] = None
        raise SystemExit(0)


def start(*arguments, **options):
    threading.setprofile(hook)
    sys.setprofile(hook)


for name in "@ENTRIES@".split():
    globals()[name] = start
