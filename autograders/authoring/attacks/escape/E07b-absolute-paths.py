# mypy: ignore-errors
"""
id = "E07b"
title = "An archive whose members begin at the root, at a drive and with backslashes"
goal = "Another system's separators are not looked for."
succeeds = ["taken", "marker"]
form = "upload"
"""

import io
import zipfile


def build(mark, folder):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("solution.py", "x = 1\n")
        for name in (f"{folder}/left-{mark}", f"..\\..\\left-{mark}", f"C:\\left-{mark}", f"a/../../left-{mark}"):
            info = zipfile.ZipInfo("x")
            info.filename = name
            archive.writestr(info, "x = 1\n")
    return "work.zip", data.getvalue()
