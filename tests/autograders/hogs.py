"""Other work of the host: processes that take a core from whoever else wants it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

HOG = "import os, sys\nos.sched_setaffinity(0, eval(sys.argv[1]))\nprint(flush=True)\nwhile True: pass\n"


@contextmanager
def hogs(count: int, cores: Collection[int]) -> Iterator[None]:
    """So many busy processes on these cores while the block runs.

    Each is of a session of its own: the scheduler shares a core among sessions first.
    """
    command = [sys.executable, "-c", HOG, repr(set(cores))]
    begun = [subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) for _ in range(count)]
    try:
        for process in begun:
            assert process.stdout is not None
            assert process.stdout.readline() == b"\n"
        yield
    finally:
        for process in begun:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def last_core() -> int:
    """The core that timed work is pinned to."""
    return max(os.sched_getaffinity(0))
