"""The door in: what is taken, what is refused and with which words."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from assignments import queueing
from assignments.models import GradingRun, Problem, ProblemVersion, Submission
from assignments.submissions import Rejected, accept, draft_of, save_draft
from courseplatform.accounts.models import User
from courseplatform.celery import app
from tests.assignments.support import SOLUTION, hand_in, run_of


def refused(user: User, problem: Problem, **given: object) -> Rejected:
    words: dict[str, object] = {"source": None, "upload": None, "kind": "graded", "request_key": "", **given}
    with pytest.raises(Rejected) as caught:
        accept(user, problem, **words)  # type: ignore[arg-type]
    assert not Submission.objects.exists()
    return caught.value


def zipped(**files: str) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return SimpleUploadedFile("work.zip", buffer.getvalue())


def test_a_submission_is_a_row_that_waits_before_it_is_a_message(
    bob: User,
    problem: Problem,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[int] = []

    def send(run: GradingRun) -> bool:
        assert GradingRun.objects.filter(pk=run.pk, state="queued").exists()
        sent.append(run.pk)
        return True

    monkeypatch.setattr(queueing, "send", send)
    with django_capture_on_commit_callbacks(execute=True):
        submission = hand_in(bob, problem)
        assert sent == []
    run = run_of(submission)
    assert sent == [run.pk]
    assert (run.state, run.lane, run.max_score) == ("queued", "interactive", 13)
    assert submission.files == {"solution.py": SOLUTION}
    assert submission.version == problem.current


def test_a_trial_expects_the_visible_checks_only(bob: User, problem: Problem) -> None:
    run = run_of(hand_in(bob, problem, kind="trial"))
    assert [check["hidden"] for check in run.checks_expected] == [False] * 5
    assert run.max_score == 10


def test_two_clicks_make_one_submission(bob: User, problem: Problem) -> None:
    first = hand_in(bob, problem, key="click")
    assert hand_in(bob, problem, source=SOLUTION + "# edited meanwhile\n", key="click") == first
    assert GradingRun.objects.count() == 1


def test_the_same_files_are_taken_once_while_they_wait_and_again_when_they_are_graded(
    bob: User, problem: Problem
) -> None:
    first = hand_in(bob, problem, key="one")
    assert hand_in(bob, problem, source=SOLUTION.replace("\n", "\r\n"), key="two") == first
    GradingRun.objects.update(state="done")
    assert hand_in(bob, problem, key="three") != first


def test_a_trial_and_a_submission_of_the_same_files_are_two_things(bob: User, problem: Problem) -> None:
    assert hand_in(bob, problem, kind="trial") != hand_in(bob, problem)


def test_two_people_may_hand_in_the_same_text_with_the_same_key(bob: User, charlie: User, problem: Problem) -> None:
    assert hand_in(bob, problem, key="key") != hand_in(charlie, problem, key="key")


def test_an_upload_stands_before_what_is_in_the_editor(bob: User, problem: Problem) -> None:
    upload = zipped(**{"work/solution.py": SOLUTION, "work/notes.txt": "hello"})
    submission = accept(bob, problem, source="nothing", upload=upload, kind="graded", request_key="")
    assert submission.files == {"solution.py": SOLUTION, "notes.txt": "hello"}


@pytest.mark.parametrize("source", ["", "  \n\t", None])
def test_an_empty_text_is_refused(bob: User, problem: Problem, source: str | None) -> None:
    assert "empty" in refused(bob, problem, source=source).text


def test_source_that_does_not_parse_is_refused_with_its_line(bob: User, problem: Problem) -> None:
    refusal = refused(bob, problem, source="x = 1\ndef total(:\n    pass\n")
    assert refusal.subject == "solution.py line 2"


def test_a_missing_entry_point_is_named(bob: User, problem: Problem) -> None:
    refusal = refused(bob, problem, source=SOLUTION.replace("def countdown", "def count_down"))
    assert "countdown" in refusal.text


def test_a_large_text_is_refused(bob: User, problem: Problem, settings: Settings) -> None:
    settings.GRADING_SOURCE_LIMIT_KB = 1
    refusal = refused(bob, problem, source=SOLUTION + "#" * 2_000)
    assert refusal.subject == "solution.py"
    assert "more than" in refusal.text


class Unread(SimpleUploadedFile):
    def read(self, size: int = -1) -> bytes:
        pytest.fail("it was read")


def test_a_large_upload_is_refused_before_it_is_read(bob: User, problem: Problem, settings: Settings) -> None:
    settings.GRADING_UPLOAD_LIMIT_KB = 1
    upload = Unread("solution.py", b"#" * 5_000)
    assert "more than" in refused(bob, problem, upload=upload).text


@pytest.mark.parametrize(
    ("upload", "word"),
    [
        (SimpleUploadedFile("solution.py", b"\x7fELF\x00\x00"), "binary"),
        (SimpleUploadedFile("notebook.ipynb", b"{}"), "notebook"),
        (SimpleUploadedFile("solution.txt", b"text"), ".py"),
        (SimpleUploadedFile("work.zip", b"not a zip"), "cannot be unpacked"),
        (zipped(**{"../solution.py": SOLUTION}), ".."),
        (zipped(**{"other.txt": "text"}), "solution.py"),
        (zipped(**{"solution.py": SOLUTION, "data.bin": "\0\0"}), "binary"),
    ],
    ids=["binary", "notebook", "text", "no zip", "climbing zip", "no solution", "binary beside"],
)
def test_what_is_no_source_is_refused_in_words(
    bob: User, problem: Problem, upload: SimpleUploadedFile, word: str
) -> None:
    upload.seek(0)
    refusal = refused(bob, problem, upload=upload)
    assert word in f"{refusal.subject} {refusal.text}"


def test_one_person_cannot_fill_the_queue(bob: User, charlie: User, problem: Problem, settings: Settings) -> None:
    settings.GRADING_WAITING_PER_PERSON = 2
    for number in range(2):
        hand_in(bob, problem, source=f"{SOLUTION}# {number}\n")
    with pytest.raises(Rejected, match="wait to be graded"):
        hand_in(bob, problem)
    hand_in(charlie, problem)


def test_a_problem_whose_files_are_damaged_takes_nothing_and_says_so(bob: User, problem: Problem) -> None:
    ProblemVersion.objects.update(archive=b"no archive")
    assert "tell your instructor" in refused(bob, problem, source=SOLUTION).text


def test_very_many_within_a_minute_are_refused_and_nobody_else_is(
    bob: User, charlie: User, problem: Problem, settings: Settings
) -> None:
    settings.GRADING_REQUESTS_PER_MINUTE = 2
    cache.clear()
    for _ in range(2):
        with pytest.raises(Rejected, match="does not parse"):
            hand_in(bob, problem, source="(")
    with pytest.raises(Rejected, match="within a minute"):
        hand_in(bob, problem)
    hand_in(charlie, problem)


def test_a_long_source_in_a_small_archive_is_refused(bob: User, problem: Problem, settings: Settings) -> None:
    settings.GRADING_SOURCE_LIMIT_KB = 16
    refusal = refused(bob, problem, upload=zipped(**{"solution.py": SOLUTION, "more.py": "a = 1\n" * 5_000}))
    assert (refusal.subject, "longer than the 16 KB" in refusal.text) == ("more.py", True)


def test_a_closed_problem_takes_nothing_from_learners(ada: User, bob: User, problem: Problem) -> None:
    problem.is_open = False
    assert "no submissions" in refused(bob, problem, source=SOLUTION).text
    hand_in(ada, problem)


def test_a_broker_that_is_away_costs_no_submission(
    bob: User,
    problem: Problem,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def send_task(*args: object, **options: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(app, "send_task", send_task)
    with django_capture_on_commit_callbacks(execute=True):
        submission = hand_in(bob, problem)
    run = run_of(submission)
    assert (run.state, run.sent) == ("queued", None)


def test_a_draft_is_kept_once_per_problem(bob: User, problem: Problem, settings: Settings) -> None:
    save_draft(bob, problem, "one")
    save_draft(bob, problem, "two\r\n")
    kept = draft_of(bob, problem)
    assert kept is not None
    assert kept.source == "two\n"
    settings.GRADING_SOURCE_LIMIT_KB = 1
    with pytest.raises(Rejected, match="not kept"):
        save_draft(bob, problem, "x" * 2_000)
