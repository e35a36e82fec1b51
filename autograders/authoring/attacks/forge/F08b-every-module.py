# mypy: ignore-errors
"""
id = "F08b"
title = "Find the reference among the loaded modules"
goal = "A module that the grader has imported can be asked by everybody."
succeeds = ["score", "canary"]
base = "starter"
any_problem = true
"""

import sys

OWN = {id(value) for value in globals().values()}


def asker(name):
    def ask(*arguments, **options):
        for other, module in list(sys.modules.items()):
            function = getattr(module, "__dict__", {}).get(name)
            if (
                callable(function)
                and function is not ask
                and other.partition(".")[0] not in ("numpy", "statistics", __name__)
            ):
                return function(*arguments, **options)
        return None

    return ask


for name in "@ENTRIES@".split():
    globals()[name] = asker(name)
