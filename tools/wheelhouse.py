"""Fetch the wheels that an image needs, for a Python that is not the one running here.

A build without network installs from a folder. pip fetches for another platform but reads the markers of a
lock with its own version, so the lock is first reduced to what the image's Python would install.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
TORCH = ROOT / "requirements-torch.txt"
# Debian 12 and the images made from it have glibc 2.36; wheels made for any older one run there.
GLIBC = range(36, 4, -1)
REQUIREMENT = re.compile(r"(?P<name>[\w.\[\]-]+==\S+)\s*(?:;\s*(?P<marker>[^\\]+?))?\s*(?P<rest>\\.*)?", re.DOTALL)


class WheelhouseError(Exception):
    """The wheels an image needs could not be had; its text is one sentence."""


@dataclass(frozen=True)
class Target:
    """The interpreter and machine that the wheels are for."""

    python: str
    machine: str

    def marker_environment(self) -> dict[str, str]:
        """Return what the markers of a lock are judged by."""
        version = Version(self.python)
        return {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_system": "Linux",
            "python_full_version": self.python,
            "python_version": f"{version.major}.{version.minor}",
            "sys_platform": "linux",
            "extra": "",
        }

    def pip_options(self) -> list[str]:
        """Return the options that make pip choose wheels for the target."""
        version = Version(self.python)
        tag = f"{version.major}{version.minor}"
        platforms = [f"manylinux_2_{minor}_{self.machine}" for minor in GLIBC]
        platforms += [f"{old}_{self.machine}" for old in ("manylinux2014", "manylinux2010", "manylinux1", "linux")]
        options = ["--only-binary", ":all:", "--python-version", tag, "--implementation", "cp"]
        options += [word for abi in (f"cp{tag}", "abi3", "none") for word in ("--abi", abi)]
        return options + [word for platform in platforms for word in ("--platform", platform)]


def entries(lock: str) -> Iterator[str]:
    """Yield each requirement of a lock with its hashes, comments left out."""
    lines = (line for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    entry: list[str] = []
    for line in lines:
        entry.append(line)
        if not line.rstrip().endswith("\\"):
            yield "\n".join(entry)
            entry = []


def reduce(lock: str, target: Target) -> str:
    """Return the lock as the target would read it: entries that apply there, without their markers."""
    kept: list[str] = []
    environment = target.marker_environment()
    for entry in entries(lock):
        match = REQUIREMENT.fullmatch(entry)
        if match is None:
            raise WheelhouseError(
                f"{entry.splitlines()[0]} is no pinned requirement: write the lock again with `make lock`."
            )
        marker = match["marker"]
        if marker is None or Marker(marker).evaluate(environment):
            kept.append(f"{match['name']} {match['rest'] or ''}".rstrip())
    return "\n".join(kept) + "\n"


def pip_download(folder: Path, *arguments: str) -> bool:
    """Run pip's download into the folder; say whether it worked, and show its words where it did not."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*command, "--dest", str(folder), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    return done.returncode == 0


def fetch_torch(folder: Path, target: Target) -> bool:
    """Fetch torch: from the index that TORCH_INDEX_URL names, else from where pip was told to look."""
    index = os.environ.get("TORCH_INDEX_URL")
    options = [*target.pip_options(), "-r", str(TORCH)]
    if index is None and pip_download(folder, "--no-index", *options):
        return True
    return pip_download(folder, *(("--index-url", index) if index else ()), *options)


def fill(folder: Path, lock: Path, target: Target, *, torch: bool) -> None:
    """Make the folder hold the wheels of a lock for the target; a folder that does is left alone."""
    reduced = reduce(lock.read_text(encoding="utf-8"), target)
    digest = hashlib.sha256(f"{target}\0{torch and TORCH.read_text(encoding='utf-8')}\0{reduced}".encode()).hexdigest()
    stamp = folder / ".inputs"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wanted = folder / "requirements.txt"
    wanted.write_text(reduced, encoding="utf-8")
    fetched = pip_download(folder, *target.pip_options(), "--require-hashes", "-r", str(wanted))
    if not fetched or (torch and not fetch_torch(folder, target)):
        raise WheelhouseError("The wheels for the image could not be fetched: pip's own words stand above.")
    stamp.write_text(digest, encoding="utf-8")
