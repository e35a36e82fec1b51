# mypy: ignore-errors
"""
id = "L09a"
title = "Open a connection to a listener on the host, by network and by local socket"
goal = "Whatever is known inside can be told to anybody."
succeeds = ["called"]
base = "starter"
any_problem = true
"""

import socket

for kind, address in (
    (socket.AF_INET, ("127.0.0.1", int("@PORT@"))),
    (socket.AF_UNIX, "@FOLDER@/ear"),
    (socket.AF_UNIX, "\0@MARK@-ear"),
):
    try:
        with socket.socket(kind, socket.SOCK_STREAM) as line:
            line.settimeout(0.5)
            line.connect(address)
    except OSError:
        pass
