# mypy: ignore-errors
"""
id = "C06a"
title = "Print inputs in one submission and look answers up in the next"
goal = "Hidden inputs are the same for every submission."
succeeds = ["score"]
rounds = 2
"""

import hashlib
import re

import numpy as np

SEEN = bytes.fromhex("@SEEN@").decode()
TABLE = dict(re.findall(r"key ([0-9a-f]{12}) answer (\S+)", SEEN))


def look_up(value, answer):
    key = hashlib.blake2b(repr(value).encode(), digest_size=6).hexdigest()
    print("key", key, "answer", answer)
    return TABLE.get(key)


def total(values):
    found = look_up(values, repr(float(np.array(values).sum())))
    return float(found) if found else 0.0


def median(values):
    found = look_up(values.tolist(), repr(float(np.sort(values)[len(values) // 2])))
    return float(found) if found else 0.0


def caption(text):
    return look_up(text, "x") or ""


scale = partial_sums = spread = inversions = lambda *a: None
Ledger = object
