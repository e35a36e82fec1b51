# mypy: ignore-errors
"""
id = "C07c"
title = "Print, and fail while being imported"
goal = "Jails of hidden checks that do not come to their end show what was printed in them."
succeeds = ["surroundings"]
base = "starter"
any_problem = true
"""

print("here I am")
raise RuntimeError("and no further")
