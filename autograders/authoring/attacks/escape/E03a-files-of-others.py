# mypy: ignore-errors
"""
id = "E03a"
title = "Look for the folders of other jails and read and write in them"
goal = "Two submissions that run at the same time share a place."
succeeds = ["canary", "marker", "reached"]
base = "starter"
any_problem = true
"""

import glob
import os

here = os.path.realpath(".")
around = {os.path.dirname(here), "/tmp", "/var/tmp", "/scratch", "/jail", os.environ.get("TMPDIR", "/tmp")}
for folder in around:
    for path in [*glob.glob(folder + "/*"), *glob.glob(folder + "/*/*"), *glob.glob(folder + "/jail*/jail*/*")]:
        if os.path.realpath(path).startswith(here):
            continue
        try:
            with open(path) as file:
                print(path, file.read(3000))
        except (OSError, UnicodeDecodeError):
            pass
        try:
            with open(os.path.join(path, "left-@MARK@"), "w"):
                print("@MARK@ reached: a file in", path)
        except OSError:
            continue
# Uids of jails follow one another: the neighbour's folder has a name that can be counted to.
for uid in range(os.getuid() - 30, os.getuid() + 30):
    try:
        print(open(os.path.join(os.path.dirname(here), f"jail-{uid}", "kept")).read())
    except OSError:
        continue
