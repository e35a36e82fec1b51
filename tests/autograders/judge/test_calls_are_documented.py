"""docs/calls.md names every bound and every name that it speaks of as the code has it."""

from __future__ import annotations

from pathlib import Path

import autograders.judge as judge
from autograders.judge import callbacks, proxies
from autograders.learner import agent

DOCS = (Path(__file__).parents[3] / "docs" / "calls.md").read_text(encoding="utf-8")


def test_every_bound_is_the_one_that_holds() -> None:
    for bound in (proxies.MOST_ITEMS, proxies.MOST_AT_ONCE, callbacks.MOST_CALLS, agent.MOST_KEPT):
        assert f"{bound:,}" in DOCS
    assert f"first {proxies.ONE_BY_ONE} items" in DOCS
    assert f"{callbacks.MOST_SECONDS:.0f} seconds" in DOCS


def test_every_name_for_authors_is_spoken_of() -> None:
    for name in ("counted", "served", "special", "SolutionError", "SolutionStopped", "ReferenceFailed", "GraderError"):
        assert name in judge.__all__
        assert f"{name}" in DOCS
    for kind in callbacks.FOR_THE_SOLUTION:
        assert f"`{kind.__name__}`" in DOCS
