# mypy: ignore-errors
"""
id = "D10b"
title = "A generator whose next item never comes, and one that yields itself"
goal = "The first item is quick, the second never there."
succeeds = ["late", "host", "broken"]
stops = 2
"""


def partial_sums(values):
    yield 1
    while True:
        pass


def scale(values, factor):
    def ring():
        while True:
            yield ring()

    return ring()


total = median = caption = spread = inversions = lambda *a: None
Ledger = object
