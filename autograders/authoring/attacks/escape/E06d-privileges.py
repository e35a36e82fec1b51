# mypy: ignore-errors
"""
id = "E06d"
title = "Gain capabilities, a set-user-id program, another scheduling class or more of any limit"
goal = "What was dropped is taken back."
succeeds = ["reached"]
base = "starter"
any_problem = true
"""

import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
if (
    libc.capset(
        ctypes.byref((ctypes.c_uint32 * 2)(0x20080522, 0)), ctypes.byref((ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6))
    )
    == 0
):
    print("@MARK@ reached: capabilities")
for option in ((38, 0), (4, 1), (24, 0), (47, 2), (8, 1), (22, 0)):
    if libc.prctl(option[0], option[1], 0, 0, 0) == 0 and option[0] != 38:
        print("@MARK@ reached: prctl", option)
for limit in range(16):
    soft, hard = resource.getrlimit(limit)
    for wanted in ((-1, -1), (hard + 1 if hard > 0 else -1,) * 2):
        if hard == resource.RLIM_INFINITY:
            continue
        try:
            resource.setrlimit(limit, wanted)
            print("@MARK@ reached: limit", limit)
        except (OSError, ValueError):
            continue
for way in (
    lambda: os.nice(-5),
    lambda: os.sched_setscheduler(0, 1, os.sched_param(1)),
    lambda: os.sched_setaffinity(0, range(64)),
    lambda: libc.personality(0x0040000) != -1 or 1 / 0,
    lambda: libc.sethostname(b"@MARK@", 14) == 0 or 1 / 0,
):
    try:
        way()
        print("@MARK@ reached: a privilege")
    except (OSError, ZeroDivisionError):
        continue
