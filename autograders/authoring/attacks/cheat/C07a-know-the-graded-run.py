# mypy: ignore-errors
"""
id = "C07a"
title = "Look for what is there only while graded"
goal = "A submission that knows when it is graded behaves then, and only then."
succeeds = ["surroundings"]
base = "starter"
any_problem = true
"""

import os
import resource
import signal
import sys
import threading

print(sorted(os.environ)[:3], len(sys.modules), os.getcwd().rstrip("0123456789"), sys.argv[1:4], len(sys.path))
print([resource.getrlimit(kind) for kind in range(10)], os.getuid() > 0, sorted(os.sched_getaffinity(0)))
print([fd for fd in range(64) if os.path.exists(f"/proc/self/fd/{fd}")], threading.active_count(), os.listdir("."))
print([signal.getsignal(number) is None for number in range(1, 20)], os.umask(0o77), os.uname().nodename)
frame = sys._getframe()
while frame:
    print(frame.f_code.co_name, sorted(frame.f_locals)[:20])
    frame = frame.f_back
