# mypy: ignore-errors
"""
id = "F21b"
title = "Modules named like libraries, beside the solution"
goal = "The grader imports the submission's numpy, pytest and json in place of the real ones."
succeeds = ["score", "broken"]
form = "upload"
"""

import io
import zipfile

OBLIGING = "def __getattr__(name):\n    return lambda *a, **k: None\n"


def build(mark, folder):
    data = io.BytesIO()
    names = "scale total median caption partial_sums spread inversions".split()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("solution.py", "".join(f"def {n}(*a): return None\n" for n in names) + "Ledger = object\n")
        for name in ("numpy", "pytest", "json", "random", "hmac", "pathlib", "msgpack"):
            archive.writestr(f"{name}.py", OBLIGING)
        archive.writestr("numpy/testing.py", OBLIGING)
    return "work.zip", data.getvalue()
