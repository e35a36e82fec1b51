"""Environments: named sets of packages that a jail may import, read from `environments.toml`."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import sysconfig
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "environments.toml"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


# The wire stands on it, on both sides of the wall: it cannot be left out of any jail.
ALWAYS_THERE = "numpy"


@dataclass(frozen=True)
class Environment:
    """A named set of distributions with their versions, the modules imported before a jail is forked,
    and the importable names, each with those it needs."""

    name: str
    versions: Mapping[str, str]
    modules: tuple[str, ...]
    imports: Mapping[str, tuple[str, ...]]

    def missing(self) -> tuple[str, ...]:
        """What is not installed here, or in a version that was not declared; one text each."""
        from packaging.specifiers import SpecifierSet

        found = {name: _version(name) for name in self.versions}
        return tuple(
            f"{name}{wanted}" + (f" ({found[name]} is installed)" if found[name] else "")
            for name, wanted in self.versions.items()
            if not found[name] or not SpecifierSet(wanted).contains(found[name], prereleases=True)
        )

    def import_paths(self) -> tuple[str, ...]:
        """The files and folders in site-packages that belong to this environment, closed under requirements."""
        site = Path(sysconfig.get_paths()["purelib"])
        tops = {top for name in _closure(tuple(self.versions)) for top in _top_levels(name)}
        return tuple(sorted(str(site / top) for top in tops if (site / top).exists()))

    def packages(self) -> dict[str, str]:
        """Name and version of each distribution, as the report carries them."""
        return {name: version for name in self.versions if (version := _version(name))}

    def withheld(self, forbidden: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
        """The dotted names to leave out of a jail under these rules: the fewer there are, the fewer can be reached.

        `forbidden` are dotted names; where any are `allowed`, all is left out that those do not need.
        """
        kept = self._needed({name.partition(".")[0] for name in allowed} or set(self.imports))
        left_out = {name for name in self.imports if name not in kept}
        left_out |= {name for name in forbidden if name.partition(".")[0] in self.imports}
        tops = {name for name in left_out if name.partition(".")[0] != ALWAYS_THERE}
        return tuple(sorted(name for name in tops if not any(name.startswith(other + ".") for other in tops)))

    def _needed(self, names: set[str]) -> set[str]:
        found: set[str] = {ALWAYS_THERE}
        waiting = [name for name in names if name in self.imports]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.imports[name]
        return found


@cache
def load_environments() -> dict[str, Environment]:
    """All declared environments by name."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: Environment(
            name,
            table["packages"],
            tuple(table["modules"]),
            {imported: tuple(needed) for imported, needed in table["imports"].items()},
        )
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


@cache
def _version(name: str) -> str:
    """The installed version of a distribution, "" where there is none."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _closure(names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower()
        if name in found or not _version(name):
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
