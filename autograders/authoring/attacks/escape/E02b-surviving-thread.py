# mypy: ignore-errors
"""
id = "E02b"
title = "Threads under another name that wait for the end of the verdict"
goal = "A thread keeps the process alive when its main thread has ended."
succeeds = ["leftover", "host", "broken"]
base = "starter"
any_problem = true
"""

import ctypes
import os
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)


def wait():
    libc.prctl(15, b"@MARK@")
    while True:
        time.sleep(1)


for _ in range(4):
    threading.Thread(target=wait).start()
libc.prctl(15, b"@MARK@")
libc.pthread_exit(None)
