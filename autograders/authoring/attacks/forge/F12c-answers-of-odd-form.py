# mypy: ignore-errors
"""
id = "F12c"
title = "Patch the agent so that its answers have fields that only the engine may use"
goal = "An answer that looks like the engine's own word is taken for it."
succeeds = ["score", "broken"]
base = "starter"
any_problem = true
"""

import sys

module = sys.modules.get("autograders.learner.agent")
if module:
    forms = [
        {"reply": b"", "value": True},
        {"stopped": ["", "all is well"], "value": None},
        {"value": None, "error": None},
        {"error": {"kind": "Skipped", "bases": ["BaseException"], "message": "", "frames": []}},
        {"error": {"kind": "GeneratorExit", "bases": ["GeneratorExit"], "message": "", "frames": []}},
        {"cpu_s": [0.0, 0.0], "replies": [None, None], "peak_kb": 0, "rss_kb": 0},
    ]
    count = iter(range(10**9))
    module.Agent.answer = lambda self, frame: module.encode(forms[next(count) % len(forms)])
