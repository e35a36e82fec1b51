# mypy: ignore-errors
"""
id = "L03a"
title = "Print the environment, as Python and as the kernel and the C library have it"
goal = "A secret of the site was left in the environment of the process."
succeeds = ["canary"]
base = "starter"
any_problem = true
"""

import ctypes
import os

print(dict(os.environ))
for who in ("self", "1", "@PARENT@"):
    try:
        with open(f"/proc/{who}/environ", "rb") as file:
            print(file.read().replace(b"\0", b"\n").decode("latin-1"))
    except OSError:
        pass
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
number = 0
while environ and environ[number] and number < 200:
    print(environ[number].decode("latin-1"))
    number += 1
