# mypy: ignore-errors
"""
id = "D12a"
title = "Start threads until no more can be, all of them busy"
goal = "The host's scheduler and its table of processes are full."
succeeds = ["late", "host", "leftover"]
base = "starter"
any_problem = true
stops = 1
"""

import threading


def spin():
    while True:
        try:
            threading.Thread(target=spin, daemon=True).start()
        except BaseException:
            continue


threading.stack_size(1 << 16)
for _ in range(10):
    try:
        threading.Thread(target=spin, daemon=True).start()
    except RuntimeError:
        break
spin()
