# mypy: ignore-errors
"""
id = "E07d"
title = "A tar with a device, a pipe and a hard link"
goal = "Unpacking makes what a member says it is."
succeeds = ["taken", "marker"]
form = "upload"
"""

import io
import tarfile


def build(mark, folder):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        member = tarfile.TarInfo("solution.py")
        member.size = 6
        archive.addfile(member, io.BytesIO(b"x = 1\n"))
        for name, kind in (("null", tarfile.CHRTYPE), ("pipe", tarfile.FIFOTYPE), ("hard", tarfile.LNKTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.mode = kind, f"{folder}/kept", 0o6777
            archive.addfile(member)
    return "work.tar", data.getvalue()
