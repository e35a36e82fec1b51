# mypy: ignore-errors
"""
id = "F08a"
title = "Find the reference among all objects of the process"
goal = "Whatever is in memory is reachable by the garbage collector's lists."
succeeds = ["score", "canary"]
base = "starter"
any_problem = true
"""

import gc
import types

# What was there before the fork is kept out of the lists: bring it back.
gc.unfreeze()


def asker(name):
    def ask(*arguments, **options):
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType | type) and thing.__name__ == name:
                code = getattr(thing, "__code__", None)
                own = str(thing.__module__).partition(".")[0] in (__name__, "numpy", "statistics")
                if thing is not ask and not own and (code is None or "ask" not in code.co_names):
                    return thing(*arguments, **options)
        return None

    return ask


for name in "@ENTRIES@".split():
    globals()[name] = asker(name)
