# mypy: ignore-errors
"""
id = "L06b"
title = "Read the memory of other processes with process_vm_readv"
goal = "The grader's or a neighbour's memory holds what the submission wants."
succeeds = ["canary", "reached"]
base = "starter"
any_problem = true
"""

import ctypes
import os


class Span(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("length", ctypes.c_size_t)]


libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(64)
word = ctypes.create_string_buffer(b"a word of our own memory")
for pid in {os.getppid(), 1, 2, 3, int("@PARENT@"), *range(os.getpid() - 40, os.getpid() + 40)} - {os.getpid(), 0}:
    ours, theirs = Span(ctypes.addressof(buffer), 64), Span(id(None), 64)
    count = libc.process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
    if count > 0:
        print(f"@MARK@ reached: {count} bytes of process {pid}")
