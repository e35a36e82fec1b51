"""The engine's specification by example: a submission in, `expected.json` beside it.

A new case is a folder with `submission/` and `expected.json`: the problem, and of its report what
does not depend on time or machine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograders.report import Report
from autograders.sandbox import Sandbox
from autograders.submission import read_path
from tests.autograders.support import DATA, report_of, tiny

GOLDEN = DATA / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())


def essence(report: Report) -> dict[str, Any]:
    """What of a report must be the same on every run and host."""
    return {
        "outcome": report.outcome,
        "score": report.score,
        "message": report.message,
        "output": report.output[:80],
        "checks": {
            check.name: {
                "outcome": check.outcome,
                "points": check.points,
                "message": check.message,
                "detail": check.detail,
            }
            for check in report.checks
        },
    }


@pytest.mark.parametrize("case", CASES)
def test_a_submission_gets_the_report_that_lies_beside_it(case: str, sandbox: Sandbox) -> None:
    expected = json.loads((GOLDEN / case / "expected.json").read_text(encoding="utf-8"))
    problem = tiny(expected.pop("problem"))
    report = report_of(problem, read_path(GOLDEN / case / "submission"), sandbox)
    assert essence(report) == expected
    assert report.max_score == problem.max_score
    assert Report.from_json(json.loads(json.dumps(report.to_json(), allow_nan=False))) == report


@pytest.mark.parametrize("case", CASES)
def test_every_expectation_was_written_for_a_reader(case: str) -> None:
    folder: Path = GOLDEN / case
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for name, check in expected["checks"].items():
        assert check["outcome"] == "passed" or check["message"] or expected["message"], name
        assert "Traceback" not in check["message"]
