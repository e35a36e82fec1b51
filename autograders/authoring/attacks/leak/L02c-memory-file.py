# mypy: ignore-errors
"""
id = "L02c"
title = "Read the process's own memory through /proc"
goal = "The map and the memory file give every readable page."
succeeds = ["canary"]
base = "starter"
any_problem = true
stops = 5
"""

import re

for who in ("self", "thread-self", "1", "2"):
    try:
        with open(f"/proc/{who}/maps") as maps, open(f"/proc/{who}/mem", "rb", 0) as memory:
            for line in maps:
                span, rights = line.split()[:2]
                start, end = (int(part, 16) for part in span.split("-"))
                if rights.startswith("rw"):
                    memory.seek(start)
                    for found in re.findall(rb"canary-[a-z]+-[0-9a-f]{16}", memory.read(min(end - start, 1 << 24))):
                        print(found.decode())
    except OSError:
        continue
