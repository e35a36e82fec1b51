# mypy: ignore-errors
"""
id = "C02h"
title = "Have a library that imports by name import the forbidden one"
goal = "The forbidden library does the work."
succeeds = ["score"]
past_rules = false
"""

import pkgutil
import pydoc
import runpy
import typing

ways = [
    lambda: pydoc.locate("stat" + "istics.median"),
    lambda: pkgutil.resolve_name("stat" + "istics:median"),
    lambda: runpy.run_module("stat" + "istics")["median"],
    lambda: typing.get_type_hints(type("T", (), {"__annotations__": {"x": "__import__('stat' + 'istics').median"}}))[
        "x"
    ],
]


def median(values):
    for way in ways:
        try:
            function = way()
            return function(values.tolist())
        except Exception:
            continue
    return None


scale = total = caption = partial_sums = spread = inversions = lambda *a: None
Ledger = object
