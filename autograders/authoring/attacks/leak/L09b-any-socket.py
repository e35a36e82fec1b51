# mypy: ignore-errors
"""
id = "L09b"
title = "Open sockets of every family, look up a name, send a datagram"
goal = "A family that the filter forgot."
succeeds = ["reached"]
base = "starter"
any_problem = true
"""

import socket

for family in range(1, 46):
    for kind in (1, 2, 3, 5):
        try:
            socket.socket(family, kind).close()
        except (OSError, ValueError, OverflowError):
            continue
        print(f"@MARK@ reached: a socket of family {family}, kind {kind}")
for way in (
    lambda: socket.gethostbyname("example.org"),
    lambda: socket.socketpair(),
    lambda: socket.create_server(("127.0.0.1", 0)),
    lambda: socket.if_nameindex(),
):
    try:
        print(f"@MARK@ reached: {way()!r}")
    except (OSError, LookupError):
        continue
