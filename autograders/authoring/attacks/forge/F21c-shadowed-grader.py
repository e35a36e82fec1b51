# mypy: ignore-errors
"""
id = "F21c"
title = "Files named like the grader, the reference and the engine"
goal = "The submission's files are loaded where the grader's were meant."
succeeds = ["score", "broken"]
form = "upload"
"""

import io
import zipfile

CHECKS = "from autograders.judge import check\n@check(points=20)\ndef test_total(): '''It.'''\n"


def build(mark, folder):
    data = io.BytesIO()
    names = "scale total median caption partial_sums spread inversions".split()
    source = "".join(f"def {n}(*a): return None\n" for n in names) + "Ledger = object\n"
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("solution.py", source)
        archive.writestr("reference.py", source)
        archive.writestr("grader.py", CHECKS)
        archive.writestr("data/captions.txt", "")
        for name in ("__init__", "wire/__init__", "learner/agent", "judge/__init__", "judge/comparisons"):
            archive.writestr(f"autograders/{name}.py", "def __getattr__(name): return lambda *a, **k: None\n")
    return "work.zip", data.getvalue()
