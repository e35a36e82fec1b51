"""What holds of every grading run: its events, its secrecy, its randomness, and whose fault is whose."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograders.engine import grade
from autograders.problem import Problem, load_problem
from autograders.report import CheckFinished, CheckStarted, Collected, Finished
from autograders.sandbox import JailSpec, Sandbox, SandboxFault, SandboxUnavailable
from autograders.submission import Submission
from tests.autograders.support import PROBLEMS, by_name, reference_of, report_of, tiny

Make = Callable[..., Problem]
HEAD = "from typing import Any\n\nimport pytest\n\nfrom autograders.judge import assert_same, check\n\n\n"
GOOD = "def double(x):\n    return x + x\n"


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The tiny problem with another grader."""

    def made(grader: str, reference: str = "") -> Problem:
        folder = tmp_path / "double"
        shutil.copytree(PROBLEMS / "double", folder, dirs_exist_ok=True)
        (folder / "grader.py").write_text(HEAD + grader)
        if reference:
            (folder / "reference.py").write_text(reference)
        return load_problem(folder)

    return made


# --- events -----------------------------------------------------------------------------------


def test_events_come_in_order_and_the_report_comes_last(sandbox: Sandbox) -> None:
    problem = tiny("series")
    events = list(grade(problem, Submission.from_source(reference_of(problem)), sandbox))
    assert isinstance(events[0], Collected)
    assert events[0].checks == problem.checks
    names = [spec.name for spec in sorted(problem.checks, key=lambda spec: spec.hidden)]
    assert [event.name for event in events if isinstance(event, CheckStarted)] == names
    finished = [event.check for event in events if isinstance(event, CheckFinished)]
    assert [check.name for check in finished] == names
    assert isinstance(events[-1], Finished)
    told = {check.name: check for check in finished}
    assert events[-1].report.checks == tuple(told[spec.name] for spec in problem.checks)
    for spec in problem.checks:
        started = events.index(CheckStarted(spec.name))
        assert isinstance(events[started + 1], CheckFinished), "a check is told of when it ends, not at the end of all"


def test_a_report_says_what_was_graded_under_which_limits_with_what(sandbox: Sandbox) -> None:
    problem = tiny("series")
    report = report_of(problem, reference_of(problem), sandbox)
    assert (report.problem, report.problem_version) == ("series", problem.version)
    assert report.limits == {"cpu_s": 0.5, "wall_s": 6.5, "memory_mb": 64, "output_kb": 8}
    assert report.environment["packages"]["numpy"]
    assert report.environment["sandbox"]["placement"] == "local"
    assert 0 < report.resources["cpu_s"] < 5
    assert report.resources["peak_mb"] > 1
    assert all(check.seconds > 0 for check in report.checks)


def test_a_run_that_is_abandoned_leaves_the_sandbox_fit_for_the_next(sandbox: Sandbox) -> None:
    problem = tiny("series")
    events = grade(problem, Submission.from_source(reference_of(problem)), sandbox)
    next(events)
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert report_of(problem, reference_of(problem), sandbox).outcome == "passed"


# --- what is visible --------------------------------------------------------------------------


def test_a_visible_run_runs_the_visible_checks_only(sandbox: Sandbox) -> None:
    problem = tiny("series")
    report = report_of(problem, reference_of(problem), sandbox, visible_only=True)
    assert [check.name for check in report.checks] == [spec.name for spec in problem.checks if not spec.hidden]
    assert report.max_score == 10.0
    assert report.outcome == "passed"


def test_of_a_hidden_check_a_learner_sees_passed_or_not_and_nothing_else(sandbox: Sandbox) -> None:
    problem = tiny("series")
    ways = {
        "wrong": "return 7.0 if len(values) == 3 else -1.0",
        "raises": "if len(values) > 3: raise OSError(str(values))\n    return 7.0",
        "exits": "import os\n    return 7.0 if len(values) == 3 else os._exit(3)",
        "hogs": "return 7.0 if len(values) == 3 else [0] * 10**9",
        "prints": "print('x' * 100_000) if len(values) > 3 else None\n    return 7.0",
        "nonsense": "return 7.0 if len(values) == 3 else object()",
    }
    seen = set()
    for way in ways.values():
        source = reference_of(problem).replace("return float(sum(values))", way)
        check = by_name(report_of(problem, source, sandbox))["test_total_of_fresh_values"]
        assert check.outcome == "failed"
        assert check.message
        seen.add(repr(check.for_learner()))
    assert len(seen) == 1, "each further distinguishable word would be a channel"
    assert "Add every value once." in seen.pop()


def test_a_fault_of_the_grader_in_a_hidden_check_is_not_a_channel_either(make: Make, sandbox: Sandbox) -> None:
    problem = make(
        '@check(points=1, hidden=True)\ndef test_it(solution: Any) -> None:\n    """It."""\n'
        "    secret = 41\n    undefined_name(secret)\n"
    )
    check = report_of(problem, GOOD, sandbox).checks[0]
    assert check.outcome == "broken"
    assert "undefined_name" in check.message


# --- randomness -------------------------------------------------------------------------------

TELLS = (
    "@check(points=1)\ndef test_tells(solution: Any, rng: Any) -> None:\n"
    '    """It tells what was drawn."""\n    assert False, f"drew {rng.integers(10**12)}"\n'
)


def test_inputs_are_fresh_for_each_submission_and_the_same_on_a_regrade(make: Make, sandbox: Sandbox) -> None:
    problem = make(TELLS)

    def drawn(source: str, secret: bytes = b"") -> str:
        return report_of(problem, source, sandbox, secret=secret).checks[0].message

    first = drawn(GOOD)
    assert first.startswith("drew ")
    assert drawn(GOOD) == first
    assert drawn(GOOD + "# another\n") != first
    assert drawn(GOOD, secret=b"of another site") != first


def test_another_version_of_the_problem_draws_other_inputs(make: Make, sandbox: Sandbox) -> None:
    first = report_of(make(TELLS), GOOD, sandbox).checks[0].message
    second = report_of(make(TELLS + "# revised\n"), GOOD, sandbox).checks[0].message
    assert first != second


def test_hypothesis_tries_the_same_examples_on_a_regrade(make: Make, sandbox: Sandbox) -> None:
    problem = make(
        "from hypothesis import given, settings\nfrom hypothesis import strategies as st\n\n\n"
        '@check(points=1)\ndef test_it(solution: Any) -> None:\n    """It."""\n    tried = []\n\n'
        "    @settings(max_examples=9, database=None)\n    @given(st.integers(0, 10**12))\n"
        "    def note(x: int) -> None:\n        tried.append(x)\n\n    note()\n    assert False, str(tried)\n"
    )

    def tried(source: str) -> str:
        return report_of(problem, source, sandbox).checks[0].message

    assert tried(GOOD) == tried(GOOD)
    assert tried(GOOD) != tried(GOOD + "# another\n")


def test_cases_of_one_check_draw_apart(make: Make, sandbox: Sandbox) -> None:
    problem = make(
        "DRAWN = []\n\n\n@check(points=1)\n@pytest.mark.parametrize('case', range(5))\n"
        'def test_it(solution: Any, rng: Any, case: int) -> None:\n    """It."""\n'
        "    DRAWN.append(rng.integers(10**12))\n    assert len(set(DRAWN)) == len(DRAWN)\n"
    )
    assert report_of(problem, GOOD, sandbox).outcome == "passed"


# --- whose fault ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    [
        "def double(x):\n    raise RuntimeError('the disk of the author')\n",
        "def double(x):\n    import os\n    os._exit(1)\n",
        "def twice(x):\n    return x + x\n",
        "this is no Python\n",
    ],
    ids=["raises", "exits", "lacks the function", "does not parse"],
)
def test_a_reference_that_fails_breaks_the_run_and_not_the_learner(
    make: Make, sandbox: Sandbox, reference: str
) -> None:
    grader = (PROBLEMS / "double" / "grader.py").read_text()
    report = report_of(make(grader, reference), GOOD, sandbox)
    assert report.outcome == "broken"
    assert report.checks[0].outcome == "broken"
    assert "reference" in report.checks[0].message


@pytest.mark.parametrize(
    ("grader", "words"),
    [
        ("import no_such_library\n", "no_such_library"),
        ("raise RuntimeError('half written')\n", "half written"),
        ("def broken(:\n", ""),
    ],
    ids=["import", "raises", "does not parse"],
)
def test_a_grader_that_cannot_be_collected_breaks_the_run_and_says_why(
    sandbox: Sandbox, make: Make, grader: str, words: str
) -> None:
    problem = make('@check(points=1)\ndef test_it(solution: Any) -> None:\n    """It."""\n')
    assert problem.checks
    (problem.path / "grader.py").write_text(HEAD + grader)
    report = report_of(problem, GOOD, sandbox)
    assert report.outcome == "broken"
    assert "grader.py" in report.message
    assert words in report.message
    assert report.checks[0].outcome == "broken"
    assert report.score == 0.0


def test_a_check_that_is_made_at_run_time_is_refused(make: Make, sandbox: Sandbox) -> None:
    problem = make(
        '@check(points=1)\ndef test_it(solution: Any) -> None:\n    """It."""\n\n\n'
        "mark = check(points=5)\n\n\n@mark\ndef test_more(solution: Any) -> None:\n    pass\n"
    )
    report = report_of(problem, GOOD, sandbox)
    assert report.outcome == "broken"
    assert "test_more" in report.message


FIXTURE = (
    "@pytest.fixture\ndef doubled(solution: Any) -> Any:\n    return {body}\n\n\n"
    '@check(points=1)\ndef test_it(doubled: Any) -> None:\n    """It."""\n    assert_same(doubled, 4.0)\n'
)


def test_a_learners_exception_in_an_authors_fixture_is_the_learners(make: Make, sandbox: Sandbox) -> None:
    problem = make(FIXTURE.format(body="solution.double(2.0)"))
    assert report_of(problem, GOOD, sandbox).outcome == "passed"
    for way in ("raise OSError('no')", "import os; os._exit(0)", "return [0] * 10**9"):
        check = report_of(problem, f"def double(x):\n    {way}\n", sandbox).checks[0]
        assert check.outcome == "failed", check.message


def test_a_fixture_that_fails_by_itself_breaks_the_check(make: Make, sandbox: Sandbox) -> None:
    check = report_of(make(FIXTURE.format(body="1 / 0")), GOOD, sandbox).checks[0]
    assert check.outcome == "broken"
    assert "ZeroDivisionError" in check.message


def test_an_answer_that_the_author_trips_over_is_the_learners_fault(make: Make, sandbox: Sandbox) -> None:
    problem = make(
        '@check(points=1)\ndef test_it(solution: Any) -> None:\n    """It."""\n'
        "    assert solution.double(2.0)['value'] == 4.0\n"
    )
    check = report_of(problem, "def double(x):\n    return None\n", sandbox).checks[0]
    assert check.outcome == "failed"
    assert "could not be used" in check.message


class Failing:
    """A sandbox that has a fault of its own."""

    name = "failing"

    def __init__(self, inner: Sandbox, error: Exception, after: int) -> None:
        self.inner, self.error, self.after = inner, error, after

    def __enter__(self) -> Sandbox:
        raise NotImplementedError

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    def open(self, spec: JailSpec):  # type: ignore[no-untyped-def]
        self.after -= 1
        if self.after < 0:
            raise self.error
        return self.inner.open(spec)

    def lease(self) -> contextlib.nullcontext[Sandbox]:
        return contextlib.nullcontext(self)

    def describe(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("error", [SandboxFault("the disk is full"), SandboxUnavailable("no namespaces here")])
def test_a_fault_of_the_sandbox_breaks_the_run_and_costs_nobody_points(
    sandbox: Sandbox, error: Exception, after: int
) -> None:
    problem = tiny("series")
    report = report_of(problem, reference_of(problem), Failing(sandbox, error, after))
    assert report.outcome == "broken"
    assert report.message == str(error)
    assert {check.outcome for check in report.checks} <= {"passed", "broken"}


def test_an_unknown_environment_is_named(sandbox: Sandbox) -> None:
    problem = dataclasses.replace(tiny("double"), environment="fortran")
    report = report_of(problem, GOOD, sandbox)
    assert report.outcome == "broken"
    assert "environment 'fortran' is not one of numpy" in report.message


# --- partial credit and order -----------------------------------------------------------------


def test_cases_share_the_points_of_their_check(make: Make, sandbox: Sandbox) -> None:
    problem = make(
        "@check(points=6)\n@pytest.mark.parametrize('x', [1.0, 2.0, 3.0])\n"
        'def test_it(solution: Any, x: float) -> None:\n    """It."""\n    assert_same(solution.double(x), 2 * x)\n'
    )
    check = report_of(problem, "def double(x):\n    return 2 * x if x < 3 else 0.0\n", sandbox).checks[0]
    assert (check.outcome, check.points, check.max_points) == ("failed", 4.0, 6.0)


def test_what_depends_on_a_failed_check_is_skipped_and_so_is_what_depends_on_that(make: Make, sandbox: Sandbox) -> None:
    problem = make(
        '@check(points=1)\ndef test_first(solution: Any) -> None:\n    """First."""\n    assert False, "no"\n\n\n'
        '@check(points=1, depends_on=["test_first"])\ndef test_second(solution: Any) -> None:\n    """Second."""\n\n\n'
        '@check(points=1, depends_on=["test_second"])\ndef test_third(solution: Any) -> None:\n    """Third."""\n\n\n'
        '@check(points=1)\ndef test_fourth(solution: Any) -> None:\n    """Fourth."""\n'
    )
    report = report_of(problem, GOOD, sandbox)
    assert [check.outcome for check in report.checks] == ["failed", "skipped", "skipped", "passed"]
    assert report.score == 1.0


def test_plain_pytest_is_at_the_authors_hand(make: Make, sandbox: Sandbox) -> None:
    problem = make(
        "from hypothesis import given, settings\nfrom hypothesis import strategies as st\n\n\n"
        "@pytest.fixture(scope='module')\ndef three() -> float:\n    return 3.0\n\n\n"
        '@check(points=1)\ndef test_fixture(solution: Any, three: float) -> None:\n    """A fixture."""\n'
        "    assert solution.double(three) == pytest.approx(6.0)\n\n\n"
        '@check(points=1)\ndef test_property(solution: Any) -> None:\n    """A property."""\n\n'
        "    @settings(max_examples=20, database=None, deadline=None)\n    @given(st.integers(-100, 100))\n"
        "    def holds(x: int) -> None:\n        assert solution.double(x) == 2 * x\n\n    holds()\n"
    )
    assert report_of(problem, GOOD, sandbox).outcome == "passed"
    wrong = report_of(problem, "def double(x):\n    return 2 * x if x >= 0 else 0\n", sandbox)
    assert [check.outcome for check in wrong.checks] == ["passed", "failed"]
