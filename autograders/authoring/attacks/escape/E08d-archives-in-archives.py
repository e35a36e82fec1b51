# mypy: ignore-errors
"""
id = "E08d"
title = "Archives in archives in archives, and one that holds itself by overlap"
goal = "Each level is small; a reader that goes down all of them is not done for years."
succeeds = ["taken", "late", "memory"]
form = "upload"
most_mb = 128
"""

import io
import zipfile


def build(mark, folder):
    content = b"x = 1\n" * 1000
    name = "solution.py"
    for level in range(12):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(8):
                archive.writestr(f"{copy}-{name}", content)
        content, name = data.getvalue(), f"level{level}.zip"
    return "work.zip", content
