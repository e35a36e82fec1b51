# mypy: ignore-errors
"""
id = "D18a"
title = "Many threads that each take a little of everything, in every check"
goal = "Limits for one process do not bound what all of them take."
succeeds = ["late", "host", "memory", "broken"]
base = "starter"
any_problem = true
stops = 5
"""

import os
import threading


def hog():
    kept = []
    while True:
        try:
            kept.append(bytearray(1 << 16))
            kept.append(os.open(f"file-{len(kept)}", os.O_CREAT | os.O_RDWR, 0o600))
            os.write(kept[-1], bytes(1 << 16))
        except BaseException:
            continue


def many(*arguments, **options):
    for _ in range(30):
        try:
            threading.Thread(target=hog, daemon=True).start()
        except RuntimeError:
            break


for name in "@ENTRIES@".split():
    globals()[name] = many
