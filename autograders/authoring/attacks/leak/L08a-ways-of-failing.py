# mypy: ignore-errors
"""
id = "L08a"
title = "Fail hidden checks in many ways and compare what is shown"
goal = "Each way that looks different carries more than one bit out of a hidden check."
succeeds = ["words"]
honest = ["test_scale_example", "test_total", "test_total_of_nothing", "test_ledger", "test_partial_sums", "test_scale_of_nothing"]
variants = ["wrong", "raises", "exits", "crashes", "hogs", "floods", "nonsense", "type", "handle", "nothing", "unreadable"]
"""

import os

import numpy as np

WAY = "@VARIANT@"


def fail():
    match WAY:
        case "raises":
            raise OSError("something")
        case "exits":
            os._exit(3)
        case "crashes":
            os.abort()
        case "hogs":
            return [0] * 10**9
        case "floods":
            print("x" * 100_000)
        case "nonsense":
            os.write(3, b"nonsense" * 4)
        case "type":
            return {1, 2}
        case "handle":
            return object()
        case "nothing":
            return None
        case "unreadable":
            os.write(3, b"CPW1\x00\x00\x00\x01" + bytes(8) + b"\xc1")
    return -1.0


def scale(values, factor):
    return values * factor if len(values) in (0, 3) else fail()


def median(values):
    return fail()


def caption(text):
    return fail()


def spread(points):
    return fail()


def inversions(values):
    return fail()


def total(values):
    if not values:
        raise ValueError("empty")
    return float(sum(values))


def partial_sums(values):
    running = 0
    for value in values:
        running += value
        yield running


class Ledger:
    def __init__(self, start):
        self.balance = start

    def add(self, n):
        self.balance += n
        return self.balance
