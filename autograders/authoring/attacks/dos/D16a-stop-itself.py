# mypy: ignore-errors
"""
id = "D16a"
title = "Stop itself, by signal and by waiting for one"
goal = "A stopped process uses nothing and ends never."
succeeds = ["late", "host", "broken"]
stops = 1
"""

import os
import signal


def caption(text):
    if "hidden" not in text:
        return text
    for way in (lambda: os.kill(os.getpid(), signal.SIGSTOP), lambda: signal.raise_signal(signal.SIGSTOP)):
        try:
            way()
        except OSError:
            continue
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
    signal.sigwait([signal.SIGUSR1])


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
