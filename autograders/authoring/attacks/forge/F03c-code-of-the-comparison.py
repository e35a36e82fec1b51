# mypy: ignore-errors
"""
id = "F03c"
title = "Swap the code object inside the comparison, so that every reference to it changes"
goal = "A grader that took its own reference to a comparison before the submission was loaded is reached too."
succeeds = ["score"]
base = "starter"
any_problem = true
"""

import gc

# What was there before the fork is kept out of the lists: bring it back.
gc.unfreeze()


def agrees(*arguments, **options):
    return True


# Whatever reference a grader holds on these functions, they do as theirs the same from now on.
for thing in gc.get_objects():
    if type(thing) is type(agrees) and thing.__name__.startswith(("assert_", "_compare", "_close", "_same", "_report")):
        try:
            thing.__code__ = agrees.__code__
            thing.__kwdefaults__ = None
        except (ValueError, TypeError):
            pass
for name in "@ENTRIES@".split():
    globals()[name] = agrees
