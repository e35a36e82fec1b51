# mypy: ignore-errors
"""
id = "E06g"
title = "Run programs by every way of running one"
goal = "A program that is not the interpreter is not watched."
succeeds = ["reached", "marker"]
base = "starter"
any_problem = true
"""

import os

target = "@FOLDER@/left-@MARK@"
for path in ("/bin/sh", "/usr/bin/env", "/usr/bin/python3", "/lib64/ld-linux-x86-64.so.2", "/proc/self/exe"):
    for way in (
        lambda: os.posix_spawn(path, [path, "-c", f"echo > {target}"], {}),
        lambda: os.spawnv(os.P_NOWAIT, path, [path, "-c", f"echo > {target}"]),
        lambda: os.system(f"{path} -c 'echo > {target}'") == 0 or 1 / 0,
    ):
        try:
            print("@MARK@ reached: started", path, way())
        except (OSError, ZeroDivisionError):
            continue
    try:
        os.execv(path, [path, "-c", f"echo > {target}; echo @MARK@ reached: became {path}"])
    except OSError:
        continue
