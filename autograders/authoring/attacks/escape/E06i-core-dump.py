# mypy: ignore-errors
"""
id = "E06i"
title = "Crash with a core file wanted, in a folder of the host"
goal = "The kernel writes the memory of a crashed process where it is told to, with its own rights."
succeeds = ["marker", "broken"]
base = "starter"
any_problem = true
"""

import ctypes
import os
import resource

try:
    resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
except (OSError, ValueError):
    pass
try:
    os.chdir("@FOLDER@")
except OSError:
    pass
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
ctypes.string_at(0)
