"""Environments: named sets of packages that a jail may import, read from `environments.toml`."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import sysconfig
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "environments.toml"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Environment:
    """A named set of distributions, and the modules imported before a jail is forked."""

    name: str
    distributions: tuple[str, ...]
    modules: tuple[str, ...]

    def missing(self) -> tuple[str, ...]:
        """The distributions that are not installed here."""
        return tuple(name for name in self.distributions if not _installed(name))

    def import_paths(self) -> tuple[str, ...]:
        """The files and folders in site-packages that belong to this environment, closed under requirements."""
        site = Path(sysconfig.get_paths()["purelib"])
        tops = {top for name in _closure(self.distributions) for top in _top_levels(name)}
        return tuple(sorted(str(site / top) for top in tops if (site / top).exists()))

    def packages(self) -> dict[str, str]:
        """Name and version of each distribution, as the report carries them."""
        return {name: importlib.metadata.version(name) for name in self.distributions if _installed(name)}


@cache
def load_environments() -> dict[str, Environment]:
    """All declared environments by name."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: Environment(name, tuple(table["distributions"]), tuple(table["modules"]))
        for name, table in tables.items()
    }


@cache
def engine_digest() -> str:
    """A digest of the engine's own source: both ends of a control socket must be of one version."""
    folder = _FILE.parent
    digest = hashlib.sha256()
    for path in sorted(p for side in ("wire", "sandbox", "learner", "judge") for p in (folder / side).glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _closure(names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower()
        if name in found or not _installed(name):
            continue
        found.add(name)
        for requirement in importlib.metadata.requires(name) or ():
            # Requirements of extras are not part of the environment.
            if "extra ==" not in requirement and (match := _NAME.match(requirement)):
                waiting.append(match.group())
    return found


def _top_levels(name: str) -> set[str]:
    files = importlib.metadata.files(name) or ()
    tops = {file.parts[0] for file in files}
    return {top for top in tops if not top.endswith(".dist-info") and top not in ("..", "__pycache__", "bin")}
