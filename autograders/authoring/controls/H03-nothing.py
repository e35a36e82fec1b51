# mypy: ignore-errors
"""
id = "H03"
title = "What a learner begins from"
goal = "No points."
succeeds = []
base = "starter"
"""
