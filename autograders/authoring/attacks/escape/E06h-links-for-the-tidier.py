# mypy: ignore-errors
"""
id = "E06h"
title = "Leave links, odd names and deep folders for whoever tidies up"
goal = "Somebody with more rights follows a link, or cannot remove a folder."
succeeds = ["marker", "leftover", "host", "broken"]
base = "starter"
any_problem = true
stops = 2
"""

import os

for number, path in enumerate(("@FOLDER@/kept", "@FOLDER@", "/etc/passwd", "/", "@PROJECT@/grader.py")):
    for way in (os.symlink, os.link):
        try:
            way(path, f"link-{number}")
        except OSError:
            continue
try:
    os.makedirs("locked/inside")
    os.chmod("locked", 0)
    for name in (b"\xff\xfe", b"new\nline", b"-rf", b"x" * 255):
        open(name, "w").close()
    for depth in range(300):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
except OSError:
    pass
try:
    os.rename(os.path.realpath("."), "@FOLDER@/moved-@MARK@")
except OSError:
    pass
