# mypy: ignore-errors
"""
id = "F09a"
title = "Import the reference under the names that it may have"
goal = "A reference that lies on the import path is the best solution."
succeeds = ["score", "canary"]
base = "starter"
any_problem = true
"""

for path in ("reference", "solution_reference", "grader", "tests.reference", "answer", "reference_solution"):
    try:
        module = __import__(path)
    except BaseException:
        continue
    for name in "@ENTRIES@".split():
        if hasattr(module, name):
            globals()[name] = getattr(module, name)
