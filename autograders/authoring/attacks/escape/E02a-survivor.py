# mypy: ignore-errors
"""
id = "E02a"
title = "A daemon that has left its parent, its session and its group"
goal = "A process outlives the verdict."
succeeds = ["leftover", "reached", "host"]
base = "starter"
any_problem = true
"""

import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
for way in (os.fork, os.forkpty, lambda: libc.vfork(), lambda: libc.syscall(56, 17, 0, 0, 0, 0)):
    try:
        child = way()
    except OSError:
        continue
    child = child[0] if isinstance(child, tuple) else child
    if child == 0:
        try:
            os.setsid()
        finally:
            libc.prctl(15, b"@MARK@")
            time.sleep(300)
            os._exit(0)
    if child > 0:
        print("@MARK@ reached: a process of its own")
