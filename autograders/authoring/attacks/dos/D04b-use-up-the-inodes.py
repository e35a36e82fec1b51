# mypy: ignore-errors
"""
id = "D04b"
title = "Make empty files, folders and links without end"
goal = "A file system that is empty but for names takes no more of them."
succeeds = ["late", "host", "leftover"]
base = "starter"
any_problem = true
stops = 1
"""

import os

for make in (lambda n: open(f"e{n}", "w").close(), lambda n: os.mkdir(f"d{n}"), lambda n: os.symlink("x", f"l{n}")):
    try:
        for number in range(10**7):
            make(number)
    except OSError:
        continue
