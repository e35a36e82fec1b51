# mypy: ignore-errors
"""
id = "D13a"
title = "Send deadly signals to every process there is, and to oneself"
goal = "Whoever grades is ended by what it grades."
succeeds = ["late", "host", "broken"]
base = "starter"
any_problem = true
stops = 1
"""

import os
import signal

for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP, signal.SIGINT):
    for pid in (os.getppid(), int("@PARENT@"), -1, 1, 0, -os.getpgrp(), *range(2, 60)):
        try:
            if pid != os.getpid():
                os.kill(pid, number)
        except OSError:
            continue
for way in (
    lambda: os.killpg(os.getpgrp(), 9),
    lambda: signal.pidfd_send_signal(os.pidfd_open(os.getpid()), 9),
    os.abort,
):
    try:
        way()
    except OSError:
        continue
