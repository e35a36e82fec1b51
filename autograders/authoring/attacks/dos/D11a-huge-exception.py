# mypy: ignore-errors
"""
id = "D11a"
title = "Raise an exception of forty megabytes, with as many causes and notes"
goal = "Whoever shows the message runs out of memory."
succeeds = ["late", "host", "memory", "broken"]
base = "starter"
any_problem = true
stops = 2
"""


def explode(*arguments, **options):
    error = ValueError("x" * (30 << 20))
    for number in range(2000):
        cause = RuntimeError("because " * 20)
        cause.__cause__ = error
        cause.__notes__ = ["note"] * 50
        error = cause
    raise error


for name in "@ENTRIES@".split():
    globals()[name] = explode
