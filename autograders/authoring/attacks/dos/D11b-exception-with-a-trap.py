# mypy: ignore-errors
"""
id = "D11b"
title = "Raise exceptions whose message, class or frames never come to an end"
goal = "Describing the error takes for ever."
succeeds = ["late", "host", "broken"]
stops = 3
"""


class Trap(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


class Ring(Exception):
    @property
    def __traceback__(self):
        while True:
            pass

    __class__ = property(lambda self: (_ for _ in ()).throw(Trap()))


def scale(values, factor):
    raise Trap


def total(values):
    raise Ring


def median(values):
    first, second = ValueError(), ValueError()
    first.__context__, second.__context__ = second, first
    raise ExceptionGroup("x", [first, ExceptionGroup("y", [second])])


def caption(text):
    raise BaseExceptionGroup("z", [KeyboardInterrupt(), SystemExit(0)])


partial_sums = spread = inversions = lambda *a: None
Ledger = object
