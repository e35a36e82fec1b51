"""`environments.toml` says what is there: versions agree with the locks, names with what is installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from autograders.sandbox.environments import _closure, _top_levels, load_environments

ROOT = Path(__file__).parents[3]
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\]+)", re.MULTILINE)
ENVIRONMENTS = load_environments()


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
def test_what_the_images_lock_is_what_is_declared(name: str) -> None:
    locked = LOCKED.findall((ROOT / "docker" / f"sandbox-{name}.lock").read_text())
    locked += LOCKED.findall((ROOT / "requirements-torch.txt").read_text())
    for package, wanted in ENVIRONMENTS[name].versions.items():
        versions = [version for found, version in locked if found == package]
        assert versions, f"{package} is locked nowhere"
        for version in versions:
            assert SpecifierSet(wanted).contains(version, prereleases=True), f"{package} {version} is not {wanted}"


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
def test_every_name_that_can_be_imported_is_declared(name: str) -> None:
    environment = ENVIRONMENTS[name]
    assert not environment.missing()
    tops = {top for package in _closure(tuple(environment.versions)) for top in _top_levels(package)}
    names = {top.removesuffix(".py") for top in tops if not top.endswith((".libs", ".pth"))}
    assert set(environment.imports) == names
    assert {needed for each in environment.imports.values() for needed in each} <= set(environment.imports)


def test_what_is_forbidden_is_left_out_with_what_needs_it_alone() -> None:
    sklearn = ENVIRONMENTS["sklearn"]
    assert sklearn.withheld(["sklearn.cluster", "torch"], []) == ("sklearn.cluster",)
    assert sklearn.withheld(["sklearn", "sklearn.cluster"], []) == ("sklearn",)
    assert "scipy" not in sklearn.withheld([], ["sklearn.tree"])
    assert {"sklearn", "scipy"} <= set(sklearn.withheld([], ["numpy"]))
    assert ENVIRONMENTS["numpy"].withheld(["numpy.linalg", "sklearn"], []) == ()
