"""docs/holdout.md names every argument, metric and bound of `holdout` as the code has it."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path
from typing import get_args

import pytest

from autograders.judge import bootstrap, hidden_data, holdout, sanity
from autograders.judge.metrics import METRICS

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "holdout.md").read_text()
FLAT = " ".join(TEXT.split())


def test_every_argument_is_in_the_table() -> None:
    arguments = {option.name for option in dataclasses.fields(holdout.Options)}
    arguments |= {"train", "test", "groups", *holdout.OF_A_METRIC}
    table = TEXT.split("## Metrics")[0]
    named = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if line[:3] == "| `")))
    assert named == arguments


def test_the_usual_values_are_those_of_the_code() -> None:
    usual = {option.name: option.default for option in dataclasses.fields(holdout.Options)}
    for name in ("budget", "public", "level", "canary_rows"):
        assert f"| `{name}` | {usual[name]:g} |" in TEXT
    assert f"| `resamples` | {usual['resamples']:,} |" in TEXT
    assert usual["resamples"] == bootstrap.RESAMPLES == holdout.LEAST_RESAMPLES


def test_every_metric_is_in_the_table_with_what_it_takes() -> None:
    rows = TEXT.split("## Metrics")[1].split("\n\n")[1].splitlines()[2:]
    listed = {name: row.split("|")[1].split()[0].strip(",:") for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == {metric.name: metric.answers for metric in METRICS.values()}


def test_every_loss_is_called_one() -> None:
    losses = [f"`{metric.name}`" for metric in METRICS.values() if not metric.greater_is_better]
    assert f"{', '.join(losses[:-1])} and {losses[-1]} are losses" in FLAT


def test_every_rule_is_in_the_table() -> None:
    assert re.findall(r'^\| `"(\w+)"`', TEXT, re.MULTILINE) == list(get_args(holdout.By))


@pytest.mark.parametrize(
    "words",
    [
        f"p above {sanity.ABOVE} among {sanity.ORDERS} orders",
        f"fails if {'ten' if sanity.MOST_TRAININGS == 10 else ''} in a row",
        f"`canary_rows={sanity.LEAST_CANARIES}` or more, up to a quarter of the training rows",
        f"alpha {sanity.CANARY_ALPHA}",
        f"A {'fifth' if hidden_data.SANITY_SHARE == 0.2 else ''} of the hidden rows serves this alone",
    ],
)
def test_the_bounds_are_those_of_the_code(words: str) -> None:
    assert words in FLAT


def test_the_example_is_python_and_uses_what_there_is() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    tree = ast.parse(example)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    (made,) = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "holdout"]
    known = {option.name for option in dataclasses.fields(holdout.Options)} | {"train", "test"}
    assert {keyword.arg for keyword in made.keywords} <= known


def test_the_list_of_fixtures_leads_here() -> None:
    assert "docs/holdout.md" in (ROOT / "CONTRIBUTING.md").read_text()
