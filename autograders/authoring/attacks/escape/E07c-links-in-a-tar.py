# mypy: ignore-errors
"""
id = "E07c"
title = "A tar with a link to a folder outside and a file that goes through it"
goal = "Each member is harmless by its name."
succeeds = ["taken", "marker"]
form = "upload"
"""

import io
import tarfile


def build(mark, folder):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        link = tarfile.TarInfo("way")
        link.type, link.linkname = tarfile.SYMTYPE, folder
        archive.addfile(link)
        for name in (f"way/left-{mark}", "solution.py"):
            member = tarfile.TarInfo(name)
            member.size = 6
            archive.addfile(member, io.BytesIO(b"x = 1\n"))
    return "work.tar.gz", data.getvalue()
