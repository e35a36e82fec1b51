# mypy: ignore-errors
"""
id = "E04a"
title = "Open files of the host by handles, by descriptors of other processes and by magic links"
goal = "A handle needs no path, and is not stopped by a root of one's own."
succeeds = ["canary", "reached"]
base = "starter"
any_problem = true
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


class Handle(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint), ("kind", ctypes.c_int), ("data", ctypes.c_ubyte * 128)]


handle, mount = Handle(length=128), ctypes.c_int()
if libc.name_to_handle_at(-100, b".", ctypes.byref(handle), ctypes.byref(mount), 0) == 0:
    print("@MARK@ reached: a handle of a folder")
for inode in (2, 128):
    root = Handle(length=8, kind=1)
    root.data[0] = inode
    fd = libc.open_by_handle_at(os.open(".", 0), ctypes.byref(root), 0)
    if fd >= 0:
        print("@MARK@ reached: the host's root", os.listdir(fd)[:5])
for pid in (1, 2, int("@PARENT@")):
    pidfd = libc.syscall(434, pid, 0)
    for fd in range(20 if pidfd >= 0 else 0):
        if libc.syscall(438, pidfd, fd, 0) >= 0 and pid != os.getpid():
            print("@MARK@ reached: descriptor", fd, "of process", pid)
for link in ("/proc/self/fd/0/../..", "/proc/self/exe", "/dev/fd/../../..", "/proc/1/cwd"):
    try:
        print("@MARK@ reached:", os.listdir(link)[:5])
    except OSError:
        continue
