# mypy: ignore-errors
"""
id = "D14a"
title = "Make copies of every descriptor, leave them to threads, and close the originals"
goal = "The reader waits for an end of file that never comes."
succeeds = ["late", "host", "broken", "leftover"]
base = "starter"
any_problem = true
stops = 5
"""

import os
import threading
import time

copies = []
for fd in range(4):
    for _ in range(8):
        try:
            copies.append(os.dup(fd))
        except OSError:
            break
threading.Thread(target=time.sleep, args=(999,)).start()


def hold(*arguments, **options):
    os.close(1)
    os.close(2)
    raise SystemExit


for name in "@ENTRIES@".split():
    globals()[name] = hold
