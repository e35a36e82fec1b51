# mypy: ignore-errors
"""
id = "E01b"
title = "Leave code that the next interpreter would run by itself"
goal = "A .pth file, a sitecustomize or a compiled module is run in the grader's or the next submission's process."
succeeds = ["leftover", "marker", "host"]
base = "starter"
any_problem = true
"""

import os
import site
import sys

CODE = "import os; open('@FOLDER@/left-@MARK@', 'w').close()"
places = [*sys.path, *getattr(site, "PREFIXES", ()), site.getusersitepackages(), os.path.dirname(os.__file__)]
for folder in places:
    for name in ("left-@MARK@.pth", "sitecustomize.py", "usercustomize.py", "__pycache__/json.cpython-311.pyc"):
        try:
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w") as file:
                file.write(CODE)
        except OSError:
            continue
