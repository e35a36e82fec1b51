# mypy: ignore-errors
"""
id = "L07d"
title = "Keep a hidden input for a later visible check, in files, modules and threads"
goal = "A later jail of the same submission finds what an earlier one left."
succeeds = ["canary", "leftover"]
"""

import builtins
import os
import sys
import tempfile
import threading
import time

PLACES = [
    os.path.join(folder, "note-@MARK@") for folder in (".", "/tmp", "/dev/shm", "/var/tmp", tempfile.gettempdir(), "~")
]
for path in PLACES:
    try:
        with open(os.path.expanduser(path)) as file:
            print("found", file.read())
    except OSError:
        pass
print(getattr(sys, "note", ""), getattr(builtins, "note", ""))


def later(text):
    while True:
        time.sleep(0.01)
        os.write(1, text.encode())


def caption(text):
    sys.note = builtins.note = text + "@MARK@"
    threading.Thread(target=later, args=(text,), daemon=True).start()
    for path in PLACES:
        try:
            with open(os.path.expanduser(path), "w") as file:
                file.write(text + "@MARK@")
        except OSError:
            continue
    return text


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
