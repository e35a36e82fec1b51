"""Puts secrets into a copy of a problem, and an attack's source together for it."""

from __future__ import annotations

import contextlib
import os
import runpy
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograders.authoring.corpus import Attack
from autograders.problem import Problem, load_problem
from autograders.submission import Submission, read_upload

PLACES = ("grader", "reference", "data", "input", "secret", "environment", "neighbour")
ENVIRONMENT = "COURSEPLATFORM_PLANTED"


@dataclass(frozen=True)
class Armed:
    """A problem with a secret planted in every place that must not leak.

    `mark` is what attacks name their traces with, so that these can be told from anybody else's.
    `open_folder` is outside every jail and open to all on this host.
    """

    problem: Problem
    canaries: Mapping[str, str]
    mark: str
    open_folder: Path

    @property
    def secret(self) -> bytes:
        """What hidden inputs are drawn from."""
        return self.canaries["secret"].encode()


@contextlib.contextmanager
def arm(problem: Problem) -> Iterator[Armed]:
    """A copy of the problem with fresh canaries in it, gone again at the end."""
    canaries = {place: f"canary-{place}-{secrets.token_hex(8)}" for place in PLACES}
    before = os.environ.get(ENVIRONMENT)
    with tempfile.TemporaryDirectory(prefix="range-") as home, tempfile.TemporaryDirectory(prefix="open-") as outside:
        os.environ[ENVIRONMENT] = canaries["environment"]
        # Whoever gets out of a jail could write here, whatever user the jail ran as.
        os.chmod(home, 0o755)
        os.chmod(outside, 0o777)
        copy = Path(shutil.copytree(problem.path, Path(home) / problem.path.name))
        _plant(copy, canaries)
        try:
            yield Armed(load_problem(copy), canaries, secrets.token_hex(7), Path(outside))
        finally:
            del os.environ[ENVIRONMENT]
            if before is not None:
                os.environ[ENVIRONMENT] = before


def _plant(folder: Path, canaries: Mapping[str, str]) -> None:
    for name in ("grader", "reference"):
        with open(folder / f"{name}.py", "a", encoding="utf-8") as file:
            file.write(f'\n_PLANTED = "{canaries[name]}"\n')
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "planted.txt").write_text(canaries["data"], encoding="utf-8")
    for path in [folder / "grader.py", folder / "reference.py", *folder.glob("data/*.txt")]:
        text = path.read_text(encoding="utf-8")
        for place, canary in canaries.items():
            text = text.replace(f"@CANARY-{place}@", canary)
        path.write_text(text, encoding="utf-8")


def compose(armed: Armed, attack: Attack, **more: str) -> str:
    """The source that is handed in: the attack with its blanks filled, behind what it builds on."""
    problem = armed.problem
    blanks = {
        "MARK": armed.mark,
        "FOLDER": str(armed.open_folder),
        "PROJECT": str(problem.path),
        "PARENT": str(os.getpid()),
        "ENTRIES": " ".join(entry.name for entry in problem.entry_points),
        "CHECKS": " ".join(spec.name for spec in problem.checks),
    } | more
    text = attack.text
    for name, value in blanks.items():
        text = text.replace(f"@{name}@", value)
    # The base comes first: it may begin with an import from __future__.
    return problem.text("starter.py") + "\n\n" + text if attack.base == "starter" else text


def upload(armed: Armed, attack: Attack) -> Submission:
    """What an attack that builds an upload hands in; raises SubmissionError where it is refused."""
    name, content = runpy.run_path(str(attack.path))["build"](armed.mark, str(armed.open_folder))
    return read_upload(name, content)
