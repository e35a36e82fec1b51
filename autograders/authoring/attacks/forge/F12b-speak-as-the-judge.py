# mypy: ignore-errors
"""
id = "F12b"
title = "Tell the engine, over every descriptor, that all checks have passed"
goal = "The line over which verdicts travel can be written to by the submission."
succeeds = ["score", "broken"]
base = "starter"
any_problem = true
"""

import os
import struct

pack = lambda text: bytes([0xD9, len(text)]) + text.encode()
told = b""
for check in "@CHECKS@".split():
    fields = {"op": pack("finished"), "name": pack(check), "outcome": pack("passed"), "share": b"\xcb?\xf0" + bytes(6)}
    fields |= {"message": pack(""), "seconds": b"\xcb" + bytes(8), "detail": b"\x92\xa1d\x90"}
    header = b"\x92\xa1d" + bytes([0x90 | 2 * len(fields)]) + b"".join(pack(k) + v for k, v in fields.items())
    told += struct.pack("!4sIQ", b"CPW1", len(header), 0) + header
for fd in range(256):
    try:
        os.write(fd, told)
    except OSError:
        pass
