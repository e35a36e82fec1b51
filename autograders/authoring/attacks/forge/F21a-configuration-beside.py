# mypy: ignore-errors
"""
id = "F21a"
title = "Files that a test runner reads of its own accord, beside the solution"
goal = "A conftest or an ini file of the submission's changes how tests are run."
succeeds = ["score"]
form = "upload"
"""

import io
import zipfile

CONFTEST = """
import pytest
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
def pytest_pyfunc_call(pyfuncitem):
    return True
"""


def build(mark, folder):
    data = io.BytesIO()
    names = "scale total median caption partial_sums spread inversions".split()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("solution.py", "".join(f"def {n}(*a): return None\n" for n in names) + "Ledger = object\n")
        archive.writestr("conftest.py", CONFTEST)
        archive.writestr("pytest.ini", "[pytest]\naddopts = --collect-only\npython_files = nothing.py\n")
        archive.writestr("sitecustomize.py", "import os\nos._exit(0)\n")
        archive.writestr("usercustomize.py", "import os\nos._exit(0)\n")
    return "work.zip", data.getvalue()
