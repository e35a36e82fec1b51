# mypy: ignore-errors
"""
id = "D03b"
title = "Take memory bit by bit and swallow every refusal"
goal = "A limit that is only refused, not enforced, is asked again and again."
succeeds = ["late", "host", "memory"]
base = "starter"
any_problem = true
stops = 1
"""

kept = []
size = 1 << 20
while True:
    try:
        kept.append(bytearray(size))
    except BaseException:
        size = max(16, size // 2)
