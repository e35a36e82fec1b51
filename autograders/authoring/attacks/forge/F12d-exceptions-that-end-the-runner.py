# mypy: ignore-errors
"""
id = "F12d"
title = "Raise exceptions that a test runner takes for a skip, an exit or an expected failure"
goal = "A check that is skipped or ended does not count as failed."
succeeds = ["score", "broken"]
base = "starter"
any_problem = true
"""

try:
    from _pytest.outcomes import Exit, Skipped, XFailed
except ImportError:
    Skipped = type("Skipped", (BaseException,), {"__module__": "builtins", "allow_module_level": True})
    Exit = type("Exit", (Exception,), {"__module__": "builtins", "returncode": 0})
    XFailed = type("XFailed", (BaseException,), {"__module__": "builtins"})
KINDS = [Skipped, Exit, XFailed, KeyboardInterrupt, GeneratorExit, SystemExit, StopIteration, AssertionError]
count = iter(range(10**9))


def leave(*arguments, **options):
    raise KINDS[next(count) % len(KINDS)]("skipped")


for name in "@ENTRIES@".split():
    globals()[name] = leave
