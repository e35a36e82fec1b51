# mypy: ignore-errors
"""
id = "E08e"
title = "An archive of five thousand empty files"
goal = "The number of files, not their size, is what costs."
succeeds = ["taken", "late", "memory"]
form = "upload"
most_mb = 128
"""

import io
import zipfile


def build(mark, folder):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("solution.py", "x = 1\n")
        for number in range(5_000):
            archive.writestr(f"f{number}.py", "")
    return "work.zip", data.getvalue()
