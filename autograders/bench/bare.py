"""The same checks with no isolation, to compare with: everything in one process that trusts the submission.

`fork` runs them in a fork of a process that has imported all they need, `main` in this process,
as a container would that is started for one submission.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import sys
import tempfile
import types
from pathlib import Path

import numpy as np
import pytest

from autograders.judge import agent, plugin
from autograders.sandbox.environments import load_environments
from autograders.sandbox.preload import import_environment


class Trusting:
    """The fixtures of a grader, on modules in the same process."""

    def __init__(self, submission: str, reference: str) -> None:
        self.sources = {"solution": submission, "reference": reference}

    def module(self, name: str) -> types.ModuleType:
        """The submission or the reference as a module, run anew."""
        made = types.ModuleType(name)
        exec(compile(self.sources[name], f"{name}.py", "exec"), made.__dict__)
        return made

    @pytest.fixture
    def solution(self) -> types.ModuleType:
        """The submission."""
        return self.module("solution")

    @pytest.fixture
    def reference(self) -> types.ModuleType:
        """The reference."""
        return self.module("reference")

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        """Fresh inputs."""
        return np.random.default_rng()


def run_checks(folder: str, submission: str) -> int:
    """Run a folder's grader.py on a submission's source here and now; gives pytest's status."""
    problem = Path(folder)
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(problem / "grader.py", place)
        os.chdir(place)
        fixtures = Trusting(submission, (problem / "reference.py").read_text())
        return int(pytest.main([*plugin.pytest_options(place), "grader.py"], plugins=[fixtures]))


def warm_up(environment: str) -> None:
    """Import and use once what the checks need, as a zygote does."""
    import_environment(load_environments()[environment], ())
    agent.prepare()
    gc.collect()
    gc.freeze()


def fork(folder: str, submission: str) -> float:
    """Run the checks in a fork of this process; gives its CPU seconds. Raises RuntimeError where one fails."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            status = run_checks(folder, submission)
        finally:
            os._exit(status)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"the checks do not pass without isolation: status {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run one submission's checks, cold, and print the CPU seconds of it all: FOLDER SUBMISSION."""
    folder, submission = sys.argv[1:]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    status = run_checks(folder, Path(submission).read_text())
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"cpu_s {used.ru_utime + used.ru_stime:.4f}")
    sys.exit(status)


if __name__ == "__main__":
    main()
