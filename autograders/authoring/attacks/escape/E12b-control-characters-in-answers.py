# mypy: ignore-errors
"""
id = "E12b"
title = "Control characters in answers, keys and class names, where they are quoted"
goal = "The found value is shown beside the expected one."
succeeds = ["unclean"]
"""

import numpy as np

TEXT = "\x1b[2J\x1b]8;;http://example.org\x07here\u202e\u2028\x85\x00"
scale = lambda values, factor: {TEXT: np.array([TEXT, "x"])}
total = lambda values: TEXT
median = lambda values: [TEXT, {TEXT: TEXT}]
caption = lambda text: TEXT
partial_sums = lambda values: [TEXT] * 6
spread = inversions = lambda values: type(TEXT.replace("\0", ""), (), {})()


class Ledger:
    def __init__(self, start):
        pass

    def add(self, n):
        return TEXT.encode()
