# mypy: ignore-errors
"""
id = "E05a"
title = "Trace and rewrite other processes"
goal = "The grader's process does what the submission writes into it."
succeeds = ["reached", "host", "broken"]
base = "starter"
any_problem = true
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
word = ctypes.create_string_buffer(8)
for pid in {os.getppid(), 1, 2, 3, int("@PARENT@"), *range(max(2, os.getpid() - 40), os.getpid() + 10)} - {
    os.getpid(),
    0,
}:
    for request in (16, 0x4206):
        if libc.ptrace(request, pid, 0, 0) == 0:
            print("@MARK@ reached: traced", pid)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(word), 8)
    if libc.process_vm_writev(pid, vector, 1, vector, 1, 0) > 0:
        print("@MARK@ reached: wrote into", pid)
if libc.ptrace(0, 0, 0, 0) == 0:
    print("@MARK@ reached: asks to be traced")
