# mypy: ignore-errors
"""
id = "E10c"
title = "An upload with an expression of sixty thousand operators"
goal = "The tree of the source is deeper than the reader's stack."
succeeds = ["broken", "late", "memory"]
form = "upload"
most_mb = 512
"""


def build(mark, folder):
    names = b"scale = total = median = caption = partial_sums = spread = inversions = None\nLedger = object\n"
    return "solution.py", names + b"deep = " + b"-" * 60_000 + b"1\n" + b"more = " + b"1+" * 60_000 + b"1\n"
