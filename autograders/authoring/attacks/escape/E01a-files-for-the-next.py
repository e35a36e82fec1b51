# mypy: ignore-errors
"""
id = "E01a"
title = "Leave files wherever they can be written, for whoever comes next"
goal = "The next submission, or the grader, reads what this one has left."
succeeds = ["leftover", "marker", "host"]
base = "starter"
any_problem = true
"""

import os
import tempfile

for folder in (
    ".",
    "/",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/dev/mqueue",
    "/scratch",
    "@FOLDER@",
    "/usr/lib",
    tempfile.gettempdir(),
    os.path.expanduser("~"),
    "..",
    "/proc/self/cwd",
    os.path.dirname(os.__file__),
):
    try:
        with open(os.path.join(folder, "left-@MARK@"), "w") as file:
            file.write("@MARK@")
    except OSError:
        continue
