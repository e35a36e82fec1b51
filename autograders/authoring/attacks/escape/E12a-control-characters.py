# mypy: ignore-errors
"""
id = "E12a"
title = "Terminal escapes, bidirectional overrides and null bytes in what is printed and raised"
goal = "What a person reads in a terminal or a page is not what is there."
succeeds = ["unclean"]
base = "starter"
any_problem = true
"""

import os

TEXT = "\x1b]0;owned\x07\x1b[2J\x1b[31mpassed\x1b[8m \u202egnorw\u202c \u2066\u200b \x00 \x9b31m \b\b\r \ufeff \ue000"
print(TEXT)
os.write(1, TEXT.encode("utf-8", "surrogatepass") + b"\xff\xfe\x1b[0m")


def bad(*arguments, **options):
    print(TEXT)
    raise type(TEXT.replace("\0", ""), (ValueError,), {})(TEXT)


for name in "@ENTRIES@".split():
    globals()[name] = bad
