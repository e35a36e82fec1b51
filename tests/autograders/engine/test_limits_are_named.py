"""Whatever of the machine runs out, the learner reads which limit it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograders.problem import load_problem
from autograders.sandbox import Sandbox
from tests.autograders.support import PROBLEMS, report_of

BODIES = {
    "import os; [os.dup(0) for _ in range(100)]": "this is the limit of 64 open files",
    "open('big', 'wb').write(bytes(70 << 20))": "this is the limit of 64 MB for scratch files",
    "[open(f'part{i}', 'wb').write(bytes(8 << 20)) for i in range(9)]": "this is the limit of 64 MB for scratch files",
    "import threading, time; [threading.Thread(target=time.sleep, args=(99,), daemon=True).start() "
    "for _ in range(200)]": "this is the limit of 64 threads",
    "import os; os.fork()": "this is the sandbox: no new processes",
    "import os; os.execv('/bin/true', ['true'])": "this is the sandbox: no new processes",
    "open('/usr/lib/new', 'w')": "this is the sandbox:",
    "bytearray(2 << 30)": "ran out of the memory allowed",
    "while True: pass": "stopped at the CPU limit of 1 s",
    "print('x' * 10**6)": "stopped because it printed more than",
}


@pytest.mark.parametrize("body", BODIES)
def test_the_message_says_which(tmp_path: Path, sandbox: Sandbox, body: str) -> None:
    for name in ("statement.md", "starter.py", "reference.py", "grader.py"):
        (tmp_path / name).write_text((PROBLEMS / "double" / name).read_text())
    settings = (PROBLEMS / "double" / "problem.toml").read_text().replace("memory_mb = 64", "memory_mb = 1500")
    (tmp_path / "problem.toml").write_text(settings)
    source = f"def double(x):\n    {body}\n    return 2 * x\n"
    check = report_of(load_problem(tmp_path), source, sandbox).checks[0]
    assert check.outcome == "failed"
    assert BODIES[body] in check.message
