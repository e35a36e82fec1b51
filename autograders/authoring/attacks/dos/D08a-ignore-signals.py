# mypy: ignore-errors
"""
id = "D08a"
title = "Ignore and block every signal, then loop"
goal = "A process that is asked to end does not."
succeeds = ["late", "host", "leftover"]
base = "starter"
any_problem = true
stops = 1
"""

import signal
import threading

for number in range(1, signal.NSIG):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
for _ in range(3):
    threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()
while True:
    pass
