# mypy: ignore-errors
"""
id = "E06c"
title = "Make namespaces, enter others, change the root"
goal = "In a namespace of one's own one is root, and the kernel is larger there."
succeeds = ["reached"]
base = "starter"
any_problem = true
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
FLAGS = {
    0x10000000: "user",
    0x20000: "mount",
    0x20000000: "pid",
    0x40000000: "net",
    0x8000000: "ipc",
    0x2000000: "cgroup",
}
for flag, name in FLAGS.items():
    if libc.unshare(flag) == 0:
        print("@MARK@ reached: a namespace,", name)
    if libc.syscall(56, flag | 17, 0, 0, 0, 0) > 0:
        print("@MARK@ reached: a child in a namespace,", name)
for way in (
    lambda: os.chroot("."),
    lambda: os.chroot("/proc/1/root"),
    lambda: os.setuid(0),
    lambda: os.setresgid(0, 0, 0),
):
    try:
        way()
        print("@MARK@ reached: another root or user")
    except OSError:
        pass
for name in ("ns/mnt", "ns/pid", "ns/user"):
    for pid in ("1", "2", "@PARENT@"):
        try:
            if libc.setns(os.open(f"/proc/{pid}/{name}", 0), 0) == 0:
                print("@MARK@ reached: entered", name)
        except OSError:
            continue
if libc.syscall(155, b".", b".") == 0:
    print("@MARK@ reached: pivoted the root")
