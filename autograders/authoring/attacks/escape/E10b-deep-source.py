# mypy: ignore-errors
"""
id = "E10b"
title = "Source that is nested deeper than a parser can go"
goal = "Whoever reads the source without running it crashes."
succeeds = ["broken", "late", "host"]
form = "upload"
"""


def build(mark, folder):
    names = b"scale = total = median = caption = partial_sums = spread = inversions = None\nLedger = object\n"
    lambdas = b"y = " + b"lambda: " * 20_000 + b"0\n"
    dots = b"z = names" + b".x" * 50_000 + b"\n"
    return "solution.py", names + lambdas + dots + b"x = " + b"[" * 150 + b"]" * 150 + b"\n"
