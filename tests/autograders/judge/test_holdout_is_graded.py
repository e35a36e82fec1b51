"""`holdout` through the engine: jails, the report, and what one submission leaves for the next."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from autograders.engine import grade
from autograders.ladder import Ladder
from autograders.problem import load_problem
from autograders.report import STAFF, CheckResult, Finished, Report
from autograders.sandbox import Sandbox
from autograders.submission import Submission
from tests.autograders.support import PROBLEMS, by_name, reference_of, tiny

CUSTOMERS = tiny("customers")
RIGHT = reference_of(CUSTOMERS)
NAME = "test_generalises"

HEAD = "import numpy as np\n\n\nclass Model:\n"
FIT = "\n\ndef fit(X, y):\n    return Model(X, y)\n"
WEAK = (
    HEAD
    + """    def __init__(self, X, y):
        self.sign = np.sign(np.corrcoef(X[:, 2], y)[0, 1])

    def predict(self, X):
        return (self.sign * X[:, 2] > 0).astype(int)
"""
    + FIT
)
# Right where it has not seen a row, and a dictionary where it has.
STORING = (
    RIGHT.replace("Model", "Line").replace("return Line(X, y)", "return Storing(X, y)")
    + """

class Storing:
    def __init__(self, X, y):
        self.line = Line(X, y)
        self.seen = {row.tobytes(): label for row, label in zip(X, y)}

    def predict(self, X):
        said = self.line.predict(X)
        return np.array([self.seen.get(row.tobytes(), other) for row, other in zip(X, said)])
"""
)
# The rule behind the data is known to it: what it is trained on does not matter.
KNOWING = (
    HEAD
    + """    def __init__(self, X, y):
        pass

    def predict(self, X):
        return (X @ np.array([1.5, -1.0, 0.5, 0.0]) > 0).astype(int)
"""
    + FIT
)
RAISING_LATER = RIGHT.replace(
    "        means", "        Model.trained = getattr(Model, 'trained', 0) + 1\n        if Model.trained > 1:\n"
    "            raise RuntimeError('only once')\n        means", 1
)  # fmt: skip


def report_of(
    source: str, sandbox: Sandbox, history: Mapping[str, Ladder] | None = None, *, visible_only: bool = True
) -> Report:
    events = list(grade(CUSTOMERS, Submission.from_source(source), sandbox, visible_only=visible_only, history=history))
    assert isinstance(events[-1], Finished)
    assert events[-1].report.outcome != "broken", events[-1].report
    return events[-1].report


def result_of(source: str, sandbox: Sandbox, history: Mapping[str, Ladder] | None = None) -> CheckResult:
    return by_name(report_of(source, sandbox, history))[NAME]


def test_the_reference_passes_both_checks(sandbox: Sandbox) -> None:
    report = report_of(RIGHT, sandbox, visible_only=False)
    assert [check.outcome for check in report.checks] == ["passed", "passed"]
    assert set(report.ladders()) == {NAME, "test_generalises_to_others"}


def test_a_weak_model_fails_and_reads_its_score(sandbox: Sandbox) -> None:
    result = result_of(WEAK, sandbox)
    assert result.outcome == "failed"
    assert result.message.startswith("look 1 of 6 at the hidden data: your score is 0.")
    assert "at least 0.85 is asked for (accuracy, 95 % interval" in result.message


def test_a_model_that_stores_its_rows_is_found_by_planted_ones(sandbox: Sandbox) -> None:
    result = result_of(STORING, sandbox)
    assert result.outcome == "failed"
    assert "it stores rows instead of learning from them" in result.message
    assert result.detail[STAFF]["canaries"]["recalled"] == 32
    assert result.ladder is not None
    assert (result.ladder.queries, result.ladder.released) == (1, None)


def test_a_model_that_knows_the_labels_anyhow_is_found_by_labels_in_random_order(sandbox: Sandbox) -> None:
    result = result_of(KNOWING, sandbox)
    assert result.outcome == "failed"
    assert "it knows labels from somewhere else than the training data" in result.message
    assert result.detail[STAFF]["permuted"]["trainings"] == 10
    assert result.ladder is not None
    assert (result.ladder.queries, result.ladder.released) == (1, None)


def test_a_look_was_taken_where_the_code_fails_only_afterwards(sandbox: Sandbox) -> None:
    """That it was trained again says that its score was the best: to raise then must not make the look free."""
    result = result_of(RAISING_LATER, sandbox)
    assert result.outcome == "failed"
    assert "only once" in result.message
    assert result.ladder is not None
    assert (result.ladder.queries, result.ladder.released) == (1, None)


def test_code_that_fails_at_once_has_taken_no_look(sandbox: Sandbox) -> None:
    report = report_of("def fit(X, y):\n    raise RuntimeError('never')\n", sandbox)
    assert report.outcome == "failed"
    assert report.ladders() == {}


def test_each_submission_begins_with_what_the_last_one_left(sandbox: Sandbox) -> None:
    first = report_of(WEAK, sandbox)
    second = report_of(RIGHT, sandbox, first.ladders())
    assert by_name(second)[NAME].outcome == "passed"
    third = report_of(WEAK, sandbox, second.ladders())
    assert by_name(third)[NAME].outcome == "passed"
    assert [report.ladders()[NAME].queries for report in (first, second, third)] == [1, 2, 3]
    assert third.ladders()[NAME].released == second.ladders()[NAME].released


def test_when_the_looks_are_used_up_the_rest_is_graded_all_the_same(sandbox: Sandbox) -> None:
    left = report_of(WEAK, sandbox).ladders()[NAME]
    used = Ladder(left.data, left.version, 6, left.released, left.low, left.high)
    report = report_of(RIGHT, sandbox, {NAME: used}, visible_only=False)
    one, other = by_name(report)[NAME], by_name(report)["test_generalises_to_others"]
    assert one.outcome == "failed"
    assert f"all 6 looks at the hidden data are used; your best released score {left.released:g} stays" in one.message
    assert other.outcome == "passed"
    assert set(report.ladders()) == {"test_generalises_to_others"}


def test_the_same_submission_leaves_the_same_again(sandbox: Sandbox) -> None:
    assert report_of(RIGHT, sandbox).ladders() == report_of(RIGHT, sandbox).ladders()


def test_a_learner_sees_no_private_figure_and_no_state(sandbox: Sandbox) -> None:
    report = report_of(RIGHT, sandbox, visible_only=False)
    shown = by_name(report.for_learner())
    assert set(shown[NAME].detail) == {
        *("kind", "metric", "greater_is_better", "bar", "by", "level", "step", "rows"),
        *("released", "low", "high", "evaluated", "improved", "looks", "budget"),
    }
    assert shown["test_generalises_to_others"].detail == {}
    assert STAFF in by_name(report)[NAME].detail


def test_the_terminal_shows_none_either_unless_an_author_asks(sandbox: Sandbox) -> None:
    result = result_of(RIGHT, sandbox)
    assert STAFF not in result.without_findings().detail
    assert result.without_findings().detail["released"] == result.detail["released"]


PARAMETRIZED = """
@pytest.mark.parametrize("seed", [1, 2])
@check(points=1)
def test_it(holdout, solution, seed):
    '''It.'''
    holdout(solution.double, train=([], []), test=([], []))
"""
MISSPELT = """
@check(points=1)
def test_it(holdout, solution):
    '''It.'''
    holdout(solution.double, train=([1], [1]), tests=([1], [1]))
"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (PARAMETRIZED, "holdout: a parametrized check cannot use it; make a check for each case"),
        (MISSPELT, "holdout: there is no argument 'tests'"),
    ],
)
def test_an_author_s_mistake_breaks_the_check_and_is_named(
    body: str, words: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    folder = tmp_path / "double"
    shutil.copytree(PROBLEMS / "double", folder)
    (folder / "grader.py").write_text("import pytest\n\nfrom autograders.judge import check\n\n" + body)
    problem = load_problem(folder)
    events = list(grade(problem, Submission.from_source(reference_of(problem)), sandbox))
    assert isinstance(events[-1], Finished)
    (result,) = events[-1].report.checks
    assert result.outcome == "broken"
    assert result.message.startswith(f"the grader failed: {words}")


def test_hidden_labels_are_nowhere_in_the_solution_s_process(sandbox: Sandbox) -> None:
    """It looks through every array that it holds for one as long as the hidden rows."""
    searching = RIGHT.replace(
        "    return Model(X, y)",
        "    import gc\n    model = Model(X, y)\n    model.sizes = sorted({len(a) for a in gc.get_objects() "
        "if isinstance(a, np.ndarray)} | {len(y)})\n    print(model.sizes)\n    return model",
    ).replace(
        "    def predict(self, X: np.ndarray) -> np.ndarray:\n",
        "    def predict(self, X):\n        import sys\n        frame, sizes = sys._getframe(), set()\n"
        "        while frame:\n            sizes |= {v.shape for v in frame.f_locals.values()"
        " if isinstance(v, np.ndarray)}\n            frame = frame.f_back\n        print('shapes', sorted(sizes))\n",
    )
    report = report_of(searching, sandbox)
    assert report.checks[0].outcome == "passed"
    assert "(800, 4)" in report.output
    assert "(800,)" not in report.output
