# mypy: ignore-errors
"""
id = "E08b"
title = "An archive whose directory says that members are small"
goal = "Who believes the directory reads more than he wanted."
succeeds = ["taken", "memory"]
form = "upload"
most_mb = 128
"""

import io
import struct
import zipfile


def build(mark, folder):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("solution.py", b"# " + bytes(64 << 20))
    content = bytearray(data.getvalue())
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(signature)
        content[start + at : start + at + 4] = struct.pack("<I", 10)
    return "work.zip", bytes(content)
