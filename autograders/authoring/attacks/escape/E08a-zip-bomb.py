# mypy: ignore-errors
"""
id = "E08a"
title = "An archive that unpacks to a hundred megabytes"
goal = "The reader runs out of memory or disk."
succeeds = ["taken", "memory", "late"]
form = "upload"
most_mb = 128
"""

import io
import zipfile


def build(mark, folder):
    data = io.BytesIO()
    block = bytes(1 << 20)
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("solution.py", "x = 1\n")
        with archive.open("big.txt", "w", force_zip64=True) as file:
            for _ in range(120):
                file.write(block)
    return "work.zip", data.getvalue()
