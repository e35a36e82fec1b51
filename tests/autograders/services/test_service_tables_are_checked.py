"""What a problem.toml says of its service is read strictly; what is wrong is named by file and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograders.problem import ProblemError, ServiceLevel, load_problem
from autograders.sandbox import Sandbox
from tests.autograders.services.conftest import REFERENCE
from tests.autograders.support import PROBLEMS, report_of, tiny


def changed(tmp_path: Path, old: str, new: str) -> Path:
    folder = Path(shutil.copytree(PROBLEMS / "scorer", tmp_path / "scorer"))
    text = (folder / "problem.toml").read_text()
    assert old in text
    (folder / "problem.toml").write_text(text.replace(old, new))
    return folder


def test_a_service_and_its_levels_are_read() -> None:
    service = tiny("scorer").service
    assert service is not None
    assert (service.entry, service.factory, service.connections) == ("create_app", True, 32)
    bars = {"p99_ms": 250.0, "p50_ratio": 4.0, "errors": 0.0}
    assert service.slo == (ServiceLevel(100.0, 2.0, "poisson", 5.0, bars),)


def test_a_problem_without_the_table_has_no_service() -> None:
    assert tiny("double").service is None


def test_errors_are_bounded_where_a_level_says_nothing_of_them(tmp_path: Path) -> None:
    service = load_problem(changed(tmp_path, "errors = 0\n", "")).service
    assert service is not None
    assert service.slo[0].bars["errors"] == 0.01


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('factory = "create_app"', "", r"\[service\]: give app or factory"),
        ('factory = "create_app"', 'factory = "create_app"\napp = "app"', r"\[service\]: give app or factory"),
        ('factory = "create_app"', 'factory = "create app"', "is not the name of something"),
        ("connections = 32", "connections = 1000", r"\[service\]: connections must lie between 1 and 256"),
        ("connections = 32", "connection = 32", "unknown field 'connection'"),
        ("rate = 100\n", "", r"\[\[slo\]\] 1: rate is missing"),
        ("rate = 100", "rate = 0", r"\[\[slo\]\] 1: rate must lie"),
        ("p99_ms = 250\np50_ratio = 4\nerrors = 0", "", "give at least one of p50_ms"),
        ("p50_ratio = 4", "p50_ratio = 1", "p50_ratio must lie between 1.2"),
        ("p99_ms = 250", "p98_ms = 100", "unknown field 'p98_ms'"),
        ("seconds = 2", 'seconds = 2\narrivals = "bursts"', "arrivals must be poisson or uniform"),
        (
            "[service]",
            '[rules]\nforbidden_imports = ["uvicorn"]\n[service]',
            "uvicorn runs the .service. and cannot be",
        ),
        ("p99_ms = 250", 'p99_ms = "fast"', "p99_ms must be a number"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ProblemError, match=told):
        load_problem(changed(tmp_path, old, new))


def test_a_service_in_an_environment_without_a_server_is_the_authors_mistake(tmp_path: Path, sandbox: Sandbox) -> None:
    folder = changed(tmp_path, 'environment = "service"', 'environment = "numpy"')
    report = report_of(load_problem(folder), REFERENCE.replace("fastapi", "math"), sandbox)
    assert report.outcome == "broken"
    assert "needs an environment with uvicorn" in report.message


def test_a_grader_that_asks_for_a_service_of_a_problem_without_one_is_told(tmp_path: Path, sandbox: Sandbox) -> None:
    text = (PROBLEMS / "scorer" / "problem.toml").read_text()
    folder = changed(tmp_path, "[service]" + text.partition("[service]")[2], "")
    report = report_of(load_problem(folder), REFERENCE, sandbox)
    assert report.checks[0].outcome == "broken"
    assert "problem.toml has no [service]" in report.checks[0].message


def test_rules_for_the_learner_leave_the_server_in_its_place(tmp_path: Path, sandbox: Sandbox) -> None:
    rules = '[rules]\nallowed_imports = ["fastapi"]\nforbidden_imports = ["numpy.linalg"]\n\n[service]'
    problem = load_problem(changed(tmp_path, "[service]", rules))
    kept = (problem.path / "grader.py").read_text().split("@check")
    (problem.path / "grader.py").write_text("@check".join(kept[:2]))
    report = report_of(load_problem(problem.path), REFERENCE, sandbox)
    assert report.outcome == "passed", report
