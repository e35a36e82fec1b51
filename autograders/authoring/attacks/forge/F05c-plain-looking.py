# mypy: ignore-errors
"""
id = "F05c"
title = "Subclasses of float, str, int and list that equal everything"
goal = "A check of the type passes a subclass, and the comparison then asks it."
succeeds = ["score"]
"""


def always(kind):
    equal = {"__eq__": lambda self, other: True, "__ne__": lambda self, other: False, "__hash__": lambda self: 0}
    equal["__len__"] = lambda self: 6
    equal["__rsub__"] = equal["__sub__"] = equal["__abs__"] = lambda self, *other: 0.0
    equal["__le__"] = equal["__lt__"] = lambda self, other: True
    return type(kind.__name__, (kind,), equal)


Float, Text, Whole, Many = always(float), always(str), always(int), always(list)
scale = lambda values, factor: Float(1)
total = median = spread = lambda values: Float(1)
caption = lambda text: Text("x")
partial_sums = lambda values: Many([Whole(1)] * 6)
inversions = lambda values: Whole(1)


class Ledger:
    def __init__(self, start):
        self.balance = Whole(1)

    def add(self, n):
        return Whole(1)
