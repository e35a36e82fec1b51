# mypy: ignore-errors
"""
id = "E07a"
title = "An archive whose members lead out of it"
goal = "Unpacking writes where the path says."
succeeds = ["taken", "marker"]
form = "upload"
"""

import io
import zipfile


def build(mark, folder):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("solution.py", "x = 1\n")
        archive.writestr(f"../../../../../../../../..{folder}/left-{mark}.py", "x = 1\n")
    return "work.zip", data.getvalue()
