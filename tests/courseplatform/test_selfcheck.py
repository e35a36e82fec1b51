"""The self-check sends a sample through the queue, and says where to look when it does not come back."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assignments import queueing
from assignments.grading import grade_run
from assignments.models import Fault, GradingRun, Problem, ProblemVersion, Submission, WorkerSeen
from courseplatform.ops.selfcheck import SelfCheckError, run_sample
from tests.assignments.support import WrittenEngine, worker


@pytest.fixture
def while_it_waits(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something each time the self-check sleeps; messages go nowhere."""

    def do(something: Callable[[], object]) -> None:
        monkeypatch.setattr("courseplatform.ops.selfcheck.time.sleep", lambda seconds: something())

    monkeypatch.setattr(queueing, "send", lambda run: True)
    return do


def grade_all(engine: WrittenEngine) -> None:
    for run in GradingRun.objects.filter(state="queued"):
        grade_run(run.pk, worker(), engine)


def test_the_sample_is_graded_like_any_submission(
    problem: Problem, while_it_waits: Callable[[Callable[[], object]], None]
) -> None:
    while_it_waits(lambda: grade_all(WrittenEngine()))
    checked = run_sample(10)
    assert checked.passed
    assert "double: passed, 1 of 1 points" in checked.render()
    assert Submission.objects.get().user.username == "self check"
    run_sample(10)
    assert Submission.objects.count() == 1, "the sample of before is cleared away"


def test_figures_come_from_samples_one_by_one_and_at_once(
    problem: Problem, while_it_waits: Callable[[Callable[[], object]], None]
) -> None:
    most = 0

    def grade_and_count() -> None:
        nonlocal most
        most = max(most, GradingRun.objects.filter(state="queued").count())
        grade_all(WrittenEngine())

    while_it_waits(grade_and_count)
    out = io.StringIO()
    call_command("selfcheck", "--measure", "3", stdout=out)
    assert "One after the other: median" in out.getvalue()
    assert most == 3
    assert GradingRun.objects.filter(recorded=1).count() == 4


def test_the_command_fails_where_the_sample_does_not_get_full_marks(
    problem: Problem, while_it_waits: Callable[[Callable[[], object]], None]
) -> None:
    while_it_waits(lambda: grade_all(WrittenEngine({"test_doubles": "failed"})))
    out = io.StringIO()
    with pytest.raises(CommandError, match="did not get full marks"):
        call_command("selfcheck", stdout=out)
    assert "0 of 1 points" in out.getvalue()


def test_it_says_that_nobody_works(problem: Problem, while_it_waits: Callable[[Callable[[], object]], None]) -> None:
    while_it_waits(lambda: None)
    with pytest.raises(SelfCheckError, match="No worker took the sample"):
        run_sample(0)
    WorkerSeen.objects.create(name="here", host="here")
    with pytest.raises(SelfCheckError, match="was still queued after 0 s"):
        run_sample(0)
    Fault.objects.create(run=GradingRun.objects.get(), kind="sandbox", text="no namespaces")
    with pytest.raises(SelfCheckError, match="the last fault: no namespaces"):
        run_sample(0)


def test_a_sample_that_broke_tells_the_fault(
    problem: Problem, while_it_waits: Callable[[Callable[[], object]], None], settings: object
) -> None:
    settings.GRADING_MAX_ATTEMPTS = 1  # type: ignore[attr-defined]
    while_it_waits(lambda: grade_all(WrittenEngine(broken="the disk is full")))
    with pytest.raises(SelfCheckError, match="could not be graded: the disk is full"):
        run_sample(10)


def test_a_damaged_sample_is_one_sentence(
    problem: Problem, while_it_waits: Callable[[Callable[[], object]], None]
) -> None:
    while_it_waits(lambda: None)
    ProblemVersion.objects.update(archive=b"no archive")
    with pytest.raises(SelfCheckError, match=r"could not be handed in: .*the archive is damaged"):
        run_sample(1)


def test_a_site_without_problems_is_told_to_load_them(db: None) -> None:
    with pytest.raises(SelfCheckError, match="load_content"):
        run_sample(1)
