# mypy: ignore-errors
"""
id = "D03c"
title = "Map memory in many ways: anonymous, shared, growing, by threads' stacks"
goal = "Memory that is not on the heap is not counted."
succeeds = ["late", "host", "memory"]
base = "starter"
any_problem = true
stops = 1
"""

import ctypes
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
for flags in (0x21, 0x22, 0x8022, 0x4022, 0x122):
    while (place := libc.mmap(None, ctypes.c_size_t(8 << 20), 3, flags, -1, ctypes.c_long(0))) not in (None, 2**64 - 1):
        ctypes.memset(place, 1, 8 << 20)
threading.stack_size(64 << 20)
try:
    while True:
        threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
except (RuntimeError, MemoryError):
    pass
