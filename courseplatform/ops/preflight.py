"""What must be there before anything is started: each missing need is one sentence that says what to do."""

from __future__ import annotations

import fcntl
import shutil
import socket
import sys
from pathlib import Path
from typing import TextIO

from assignments.grading import CannotGrade, SandboxedEngine
from courseplatform.ops.errors import OpsError

LEAST_PYTHON = (3, 11)
LEAST_FREE_MB = 300
LAST_PORT = 65_535


def check_python(version: tuple[int, int]) -> None:
    """The interpreter is new enough."""
    if version < LEAST_PYTHON:
        raise OpsError(
            f"Python {LEAST_PYTHON[0]}.{LEAST_PYTHON[1]} or newer is needed, this is {version[0]}.{version[1]} "
            f"({sys.executable}): install a newer one and start again."
        )


def check_disk(folder: Path) -> None:
    """There is room for the database and the graders' scratch."""
    free = shutil.disk_usage(folder).free // (1 << 20)
    if free < LEAST_FREE_MB:
        raise OpsError(
            f"Only {free} MB are free on the disk of {folder}, {LEAST_FREE_MB} MB are needed: "
            "make room, or set VAR_DIR to a folder on another disk."
        )


def check_port(host: str, port: int) -> None:
    """Nobody else serves on the port."""
    if not 1 <= port <= LAST_PORT:
        raise OpsError(f"Port {port} does not exist: choose one between 1 and {LAST_PORT}.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise OpsError(
                f"Port {port} is reserved for root: choose one above 1023, as in `make run PORT=8001`."
            ) from None
        except OSError as error:
            raise OpsError(
                f"Port {port} on {host} cannot be used ({(error.strerror or str(error)).lower()}): "
                f"stop what serves there, or choose another, as in `make run PORT={port + 1}`."
            ) from None


def check_sandbox(placement: str) -> str:
    """Submissions can be graded on this host; gives the sandbox's own description."""
    engine = SandboxedEngine(placement)
    try:
        return engine.prove()
    except CannotGrade as error:
        sentence = str(error)
        raise OpsError(sentence[0].upper() + sentence[1:] + ("" if sentence.endswith(".") else ".")) from None
    finally:
        engine.close()


def take_lock(folder: Path) -> TextIO:
    """Hold the folder for this process while the file stays open; raises OpsError where another one does."""
    file = (folder / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise OpsError(
            f"The site is already running from {folder}{f' (process {holder})' if holder else ''}: "
            "stop it with Ctrl-C where it was started, or set VAR_DIR to another folder."
        ) from None
    return file
