# mypy: ignore-errors
"""
id = "E06f"
title = "Make system calls by the numbers of another architecture"
goal = "A filter that knows one table of calls lets the other through."
succeeds = ["reached", "leftover"]
base = "starter"
any_problem = true
"""

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
if platform.machine() == "x86_64":
    for number in (57, 58, 101, 520, 521):
        if libc.syscall(0x40000000 | number, 0, 0, 0, 0) >= 0:
            print("@MARK@ reached: call", number, "in the x32 table")
    # mov eax, 2 (fork in the table for 32 bits); int 0x80; ret
    libc.mmap.restype = ctypes.c_void_p
    page = libc.mmap(None, ctypes.c_size_t(4096), 7, 0x22, -1, ctypes.c_long(0))
    ctypes.memmove(page, b"\xb8\x02\x00\x00\x00\xcd\x80\xc3", 8)
    if ctypes.CFUNCTYPE(ctypes.c_int)(page)() >= 0:
        print("@MARK@ reached: fork in the table for 32 bits")
