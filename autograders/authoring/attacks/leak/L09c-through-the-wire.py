# mypy: ignore-errors
"""
id = "L09c"
title = "Use the one descriptor there is for more than answers"
goal = "The connection to the engine can be accepted on, reconnected, or passed descriptors over."
succeeds = ["called", "reached", "broken"]
base = "starter"
any_problem = true
"""

import array
import socket

line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, 3)
for way in (
    lambda: line.connect("@FOLDER@/ear"),
    lambda: line.bind("@FOLDER@/bound"),
    lambda: line.accept(),
    lambda: line.sendmsg([b""], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1]))]),
    lambda: line.recvmsg(1, 64, socket.MSG_DONTWAIT)[1][0],
    lambda: line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12),
    lambda: line.sendto(b"", "@FOLDER@/ear"),
):
    try:
        print(f"@MARK@ reached: {way()!r}")
    except (OSError, IndexError, ValueError):
        continue
line.detach()
