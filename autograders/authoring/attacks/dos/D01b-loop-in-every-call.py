# mypy: ignore-errors
"""
id = "D01b"
title = "Loop without end in every function, and swallow whatever would end it"
goal = "Each check costs a whole limit."
succeeds = ["late", "host"]
base = "starter"
any_problem = true
stops = 5
"""


def loop(*arguments, **options):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


for name in "@ENTRIES@".split():
    globals()[name] = loop
