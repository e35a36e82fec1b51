# mypy: ignore-errors
"""
id = "E06b"
title = "Mount a /proc, and find one that was left"
goal = "Through /proc the whole host is a tree of files."
succeeds = ["reached", "leftover"]
base = "starter"
any_problem = true
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for kind in (b"proc", b"sysfs", b"tmpfs", b"cgroup", b"devpts", b"overlay", b"mqueue"):
    if libc.mount(b"@MARK@", b".", kind, 0, None) == 0:
        print("@MARK@ reached: mounted", kind)
for source in (b"/", b"..", b"/usr"):
    if libc.mount(source, b".", None, 4096 | 16384, None) == 0:
        print("@MARK@ reached: bound", source)
if libc.mount(b"none", b"/", None, 32 | 4096, None) == 0:
    print("@MARK@ reached: made the root writable")
for number in (428, 429, 430, 431, 432, 433, 442):
    if libc.syscall(number, -100, b"/", 0, 0, 0) >= 0:
        print("@MARK@ reached: call", number)
for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
    print("@MARK@ reached: /proc", name)
    break
