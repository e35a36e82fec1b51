# mypy: ignore-errors
"""
id = "L06c"
title = "Find out which other processes there are, by signals and by process descriptors"
goal = "Processes that can be seen can be disturbed."
succeeds = ["reached", "host"]
base = "starter"
any_problem = true
"""

import os

for pid in {os.getppid(), int("@PARENT@"), *range(1, 300)} - {os.getpid(), 0}:
    for way in (lambda p: os.kill(p, 0), lambda p: os.pidfd_open(p), lambda p: os.getpgid(p), lambda p: os.getsid(p)):
        try:
            way(pid)
        except OSError:
            continue
        print(f"@MARK@ reached: process {pid} can be named from inside")
        break
