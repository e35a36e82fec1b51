# mypy: ignore-errors
"""
id = "F16b"
title = "Replace the bodies of the test functions that wait to be called"
goal = "Tests are functions in memory until it is their turn."
succeeds = ["score"]
base = "starter"
any_problem = true
"""

import gc
import types

# What was there before the fork is kept out of the lists: bring it back.
gc.unfreeze()


def content(*arguments, **options):
    return None


for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ in "@CHECKS@".split():
        thing.__code__ = content.__code__.replace(co_freevars=thing.__code__.co_freevars)
