"""Each row of the table is named where its mistake was made, and not where one nearly was."""

from __future__ import annotations

import pytest

from autograders.judge.diagnosis import TABLE
from tests.autograders.judge.diagnosis.examples import EXAMPLES, NEAR_MISSES, Example

NAMED = [pytest.param(name, each, id=f"{name}-{i}") for name, all_ in EXAMPLES.items() for i, each in enumerate(all_)]


def test_every_row_has_an_example_and_a_near_miss() -> None:
    names = {row.name for row in TABLE}
    assert set(EXAMPLES) == names
    assert set(NEAR_MISSES) == names


@pytest.mark.parametrize(("name", "example"), NAMED)
def test_the_mistake_is_named(name: str, example: Example) -> None:
    mismatch = example.mismatch()
    assert mismatch.diagnosis.get("name") == name, str(mismatch)
    assert mismatch.diagnosis["sentence"] in str(mismatch)
    assert "{" not in mismatch.diagnosis["sentence"]
    assert mismatch.diagnosis["title"] == next(row.title for row in TABLE if row.name == name)


@pytest.mark.parametrize(("name", "example"), NEAR_MISSES.items(), ids=list(NEAR_MISSES))
def test_a_near_miss_is_not_named_so(name: str, example: Example) -> None:
    assert example.name() != name
