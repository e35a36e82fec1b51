# mypy: ignore-errors
"""
id = "D03d"
title = "Take memory through files in scratch, pipes and event queues"
goal = "Memory that the kernel holds for a process is not in its address space."
succeeds = ["late", "host", "memory", "leftover"]
base = "starter"
any_problem = true
stops = 1
"""

import os
import select

kept = []
try:
    while True:
        ends = os.pipe()
        os.set_blocking(ends[1], False)
        kept.append(ends)
        try:
            while True:
                os.write(ends[1], bytes(1 << 16))
        except BlockingIOError:
            pass
except OSError:
    pass
for number in range(4096):
    try:
        with open(f"file{number}", "wb") as file:
            while True:
                file.write(bytes(1 << 20))
    except OSError:
        if number > 64:
            break
polls = []
try:
    while True:
        polls.append(select.epoll())
except OSError:
    pass
