# mypy: ignore-errors
"""
id = "E08c"
title = "A compressed tar that unpacks to a hundred megabytes, in one member and in headers"
goal = "The reader unpacks all before it looks."
succeeds = ["taken", "memory", "late"]
form = "upload"
most_mb = 128
"""

import gzip
import io
import tarfile


def build(mark, folder):
    member = tarfile.TarInfo("solution.py")
    member.size = 1 << 30
    data = io.BytesIO()
    with gzip.GzipFile(fileobj=data, mode="wb", compresslevel=6) as file:
        file.write(member.tobuf())
        for _ in range(100):
            file.write(bytes(1 << 20))
    return "work.tgz", data.getvalue()
