"""What the engine knows is in no zygote's memory and in no learner's jail: read from outside, by root, page by page."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from autograders.engine import grade
from autograders.report import CheckFinished, Finished
from autograders.sandbox.local import LocalSandbox
from autograders.submission import Submission
from tests.autograders.sandbox.test_nothing_is_left import family
from tests.autograders.support import tiny

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="the memory of a process that hides is for root alone")

OF_THE_PROBLEM = (b"canary-in-grader-9377", b"canary-in-reference-7311")
LARGEST_MAPPING = 256 << 20


def mappings(pid: int) -> Iterator[bytes]:
    """The memory of a process, mapping by mapping: heap, stacks, environment, arguments, libraries."""
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, permissions = line.split()[:2]
            start, end = (int(part, 16) for part in span.split("-"))
            if permissions.startswith("r") and end - start <= LARGEST_MAPPING:
                with suppress(OSError, OverflowError):
                    yield os.pread(memory, end - start, start)
    finally:
        os.close(memory)


def holds(pid: int, marks: tuple[bytes, ...]) -> set[bytes]:
    """Which of the marks lie in the memory of a process."""
    found, size = set[bytes](), 0
    for content in mappings(pid):
        size += len(content)
        found |= {mark for mark in marks if mark in content}
    assert size > 10 << 20, f"no more than {size} bytes of process {pid} could be read"
    return found


def side(pid: int) -> str:
    """Whose zygote a process is or was forked from; its stub outside of the namespaces counts with it."""
    arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return arguments[arguments.index(b"--side") + 1].decode()


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, ...]:
    """What this process, the engine's, holds: in its environment, in its memory, as the site's secret."""
    made = tuple(f"canary-in-{place}-{secrets.token_hex(16)}" for place in ("environment", "engine"))
    monkeypatch.setenv("GRADING_SECRET", made[0])
    monkeypatch.setenv("DATABASE_URL", made[0])
    return tuple(mark.encode() for mark in made)


def test_the_engines_secrets_are_in_no_process_it_started(marks: tuple[bytes, ...]) -> None:
    problem, others = tiny("canary"), family(os.getpid())
    looked_at: dict[str, set[bytes]] = {"learner": set(), "trusted": set()}
    with LocalSandbox() as sandbox:
        answer = Submission.from_source(problem.text("reference.py").replace("canary-in-reference-7311", "x"))
        for event in grade(problem, answer, sandbox, secret=marks[1]):
            if isinstance(event, CheckFinished):
                # The judge waits for an answer; the jails of solution, reference and judge are all still there.
                for pid in family(os.getpid()) - others:
                    looked_at[side(pid)] |= holds(pid, (*marks, *OF_THE_PROBLEM))
        assert isinstance(event, Finished)
        assert event.report.outcome == "passed"
        # The control: the search finds what lies where it belongs.
        assert looked_at == {"learner": set(), "trusted": set(OF_THE_PROBLEM)}
        zygotes = family(os.getpid()) - others
        assert {side(pid) for pid in zygotes} == {"learner", "trusted"}
        assert {pid: holds(pid, (*marks, *OF_THE_PROBLEM)) for pid in zygotes} == {pid: set() for pid in zygotes}
    assert holds(os.getpid(), marks) == set(marks)
