"""A report goes through JSON and back unchanged, and a malformed one is refused naming the field."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from autograders.ladder import Ladder
from autograders.report import CheckOutcome, CheckResult, Report, ReportError, check_from_json

CHECK = CheckResult(
    "test_total", "total adds.", "failed", 1.5, 3.0, True, "the answer is wrong", "Add.", 0.1, {"kind": "comparison"}
)
REPORT = Report(
    problem="double",
    problem_version="abc",
    outcome="failed",
    score=1.5,
    max_score=3.0,
    checks=(CHECK,),
    limits={"cpu_s": 1.0},
    environment={"python": "3.11"},
    resources={"cpu_s": 0.1},
)


def spoilt(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(REPORT.to_json()))
    for name, value in changes.items():
        if value is None:
            del data[name]
        else:
            data[name] = value
    return data


def test_there_and_back_nothing_changes() -> None:
    assert Report.from_json(json.loads(json.dumps(REPORT.to_json(), allow_nan=False))) == REPORT


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (spoilt(version=2), "version: expected 1, found 2"),
        (spoilt(version=None), "version"),
        (spoilt(score=None), "'score'"),
        (spoilt(extra=1), "'extra'"),
        (spoilt(outcome="splendid"), "outcome: 'splendid'"),
        (spoilt(checks=[{"name": "x"}]), "checks: a check has missing or unknown fields"),
        (spoilt(checks=["x"]), "checks"),
        (spoilt(checks=[dataclasses.asdict(CHECK) | {"outcome": "splendid"}]), "'test_total' has outcome 'splendid'"),
    ],
)
def test_a_malformed_report_is_refused_naming_the_field(data: dict[str, Any], words: str) -> None:
    with pytest.raises(ReportError, match=words):
        Report.from_json(data)


def test_of_a_hidden_check_only_fixed_words_reach_the_learner() -> None:
    seen = CHECK.for_learner()
    assert (seen.message, seen.seconds, seen.detail) == ("", 0.0, {})
    assert (seen.title, seen.outcome, seen.points, seen.hint) == ("total adds.", "failed", 1.5, "Add.")


def test_a_visible_check_is_shown_whole() -> None:
    visible = dataclasses.replace(CHECK, hidden=False)
    assert visible.for_learner() == visible


def test_one_check_is_read_back_too() -> None:
    assert check_from_json(dataclasses.asdict(CHECK)) == CHECK


LADDER = {"data": "d", "version": "v", "queries": 2, "released": 0.8, "low": 0.7, "high": 0.9}
LOOKED = {"kind": "holdout", "released": 0.8, "staff": {"private": 0.6, "ladder": LADDER}}


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("outcome", ["passed", "failed", "skipped", "broken"])
def test_what_is_for_staff_reaches_no_learner_and_no_terminal(outcome: CheckOutcome, hidden: bool) -> None:
    result = dataclasses.replace(CHECK, outcome=outcome, hidden=hidden, detail=LOOKED)
    assert "private" not in str(result.for_learner())
    assert "ladder" not in str(result.for_learner())
    assert "staff" not in result.without_findings().detail


def test_of_a_visible_check_the_rest_is_shown() -> None:
    result = dataclasses.replace(CHECK, hidden=False, detail=LOOKED)
    assert result.for_learner().detail == {"kind": "holdout", "released": 0.8}


def test_what_a_check_keeps_for_the_next_submission_is_read_from_the_report() -> None:
    kept = dataclasses.replace(CHECK, detail=LOOKED).ladder
    assert kept == Ladder("d", "v", 2, 0.8, 0.7, 0.9)
    assert CHECK.ladder is None


def test_a_malformed_ladder_is_named() -> None:
    broken = dataclasses.replace(CHECK, detail={"staff": {"ladder": LADDER | {"queries": "two"}}})
    with pytest.raises(ReportError, match="has a malformed ladder: queries must be a whole number"):
        broken.ladder  # noqa: B018
