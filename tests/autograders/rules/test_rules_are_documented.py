"""docs/rules.md names all that is forbidden everywhere, and the bounds, as the code has them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from autograders.learner.rules import NotAllowed, NotAllowedAttribute
from autograders.problem import Rules
from autograders.rules import source, uses

DOCS = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")


def test_every_forbidden_name_is_listed() -> None:
    names = (
        *uses.ALWAYS_FORBIDDEN_IMPORTS,
        *uses.ALWAYS_FORBIDDEN_CALLS,
        *uses.IMPORT_SYSTEM,
        *uses.INNER_NAMES,
        *uses.INNER_ATTRIBUTES,
        NotAllowed.__name__,
        NotAllowedAttribute.__name__,
    )
    for name in names:
        assert f"`{name}`" in DOCS, name


def test_every_field_and_bound_is_the_one_that_holds() -> None:
    for field in dataclasses.fields(Rules):
        assert f"\n{field.name} = [" in DOCS
    assert f"{source.FILE_BYTES_LIMIT:,} bytes" in DOCS
    assert f"{source.NODES_LIMIT:,} syntax nodes" in DOCS
