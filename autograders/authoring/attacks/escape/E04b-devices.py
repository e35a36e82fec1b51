# mypy: ignore-errors
"""
id = "E04b"
title = "Make device nodes and open the disk, the memory and the terminals"
goal = "A device is the host itself."
succeeds = ["reached"]
base = "starter"
any_problem = true
"""

import fcntl
import os
import stat

for name, kind, major, minor in (
    ("disk", stat.S_IFBLK, 8, 0),
    ("vda", stat.S_IFBLK, 254, 0),
    ("mem", stat.S_IFCHR, 1, 1),
):
    try:
        os.mknod(name, 0o666 | kind, os.makedev(major, minor))
        print("@MARK@ reached: a node", name)
    except OSError:
        pass
for path in (
    "/dev/sda",
    "/dev/vda",
    "/dev/mem",
    "/dev/kmsg",
    "/dev/tty",
    "/dev/fuse",
    "/dev/kvm",
    "/dev/net/tun",
    "/dev/console",
):
    try:
        os.open(path, os.O_RDWR)
        print("@MARK@ reached:", path)
    except OSError:
        pass
try:
    fcntl.ioctl(0, 0x5412, b"x")
    print("@MARK@ reached: typing into a terminal")
except OSError:
    pass
