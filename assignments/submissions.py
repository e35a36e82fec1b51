"""The one door in: what a learner hands in becomes a row, then a message."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from assignments import queueing
from assignments.models import Draft, GradingRun, Problem, ProblemVersion, Submission
from assignments.versions import problem_of
from autograders.problem import ProblemError
from autograders.rules import review
from autograders.submission import ENTRY_FILE, SubmissionError, UploadLimits, read_upload
from autograders.submission import Submission as Files
from courseplatform.accounts.models import User

log = logging.getLogger(__name__)

WAITING = (GradingRun.State.QUEUED, GradingRun.State.GRADING)
SHOWN_FINDINGS = 5
# Parsing takes much memory for its moment: one text at a time in a process.
_reviewing = threading.Lock()


class Rejected(ValueError):
    """What was handed in is not taken; `subject` names the file or field, `text` says what to do."""

    def __init__(self, subject: str, text: str) -> None:
        super().__init__(f"{subject}: {text}")
        self.subject, self.text = subject, text


def accept(
    user: User,
    problem: Problem,
    *,
    source: str | None,
    upload: UploadedFile[Any] | None,
    kind: str,
    request_key: str,
) -> Submission:
    """Take a submission and queue it; raises Rejected.

    The same request, or the same files while they still wait to be graded, gives the submission
    that is there already: two clicks make one.
    """
    if kind not in Submission.Kind.values:
        raise ValueError(f"no such kind of submission: {kind!r}")
    if len(request_key) > 64:
        raise Rejected("request", "The form is damaged; load the page again and send it once more.")
    files = _read(source, upload)
    texts = _texts(files)
    earlier = _earlier(user, problem, kind, request_key, files.digest)
    if earlier is not None:
        return earlier
    _check_pace(user)
    version = _version(user, problem)
    _review(version, files)
    with transaction.atomic():
        # One at a time for each person, so that two clicks at once are told apart from two submissions.
        User.objects.select_for_update().get(pk=user.pk)
        earlier = _earlier(user, problem, kind, request_key, files.digest)
        if earlier is not None:
            return earlier
        _check_waiting(user)
        try:
            with transaction.atomic():
                return _create(user, version, kind, texts, files.digest, request_key)
        except IntegrityError:
            return Submission.objects.get(user=user, request_key=request_key)


def _read(source: str | None, upload: UploadedFile[Any] | None) -> Files:
    """The files handed in, an upload before what stands in the editor."""
    try:
        if upload is not None:
            limit = settings.GRADING_UPLOAD_LIMIT_KB * 1024
            name = upload.name or "upload"
            if (upload.size or 0) > limit:
                raise SubmissionError(
                    name, f"has {(upload.size or 0) / 1e6:.1f} MB, more than the {limit / 1e6:.1f} MB allowed"
                )
            return read_upload(
                name, upload.read(), UploadLimits(upload_bytes=limit, unpacked_bytes=max(limit, 1 << 20))
            )
        text = (source or "").replace("\r\n", "\n").replace("\r", "\n")
        limits = UploadLimits(upload_bytes=settings.GRADING_SOURCE_LIMIT_KB * 1024)
        return read_upload(ENTRY_FILE, text.encode("utf-8", "replace"), limits)
    except SubmissionError as error:
        raise Rejected(error.subject, error.text) from None


def _texts(files: Files) -> dict[str, str]:
    texts = {}
    for name, content in files.files.items():
        try:
            texts[name] = content.decode("utf-8")
        except UnicodeDecodeError:
            raise Rejected(name, "is not a text file; send Python source and text only") from None
        if "\0" in texts[name]:
            raise Rejected(name, "is a binary file; send Python source and text only")
        if name.endswith(".py") and len(content) > settings.GRADING_SOURCE_LIMIT_KB * 1024:
            raise Rejected(
                name, f"is longer than the {settings.GRADING_SOURCE_LIMIT_KB} KB allowed for one source file"
            )
    return texts


def _earlier(user: User, problem: Problem, kind: str, request_key: str, digest: str) -> Submission | None:
    own = Submission.objects.filter(user=user)
    if request_key and (found := own.filter(request_key=request_key).first()):
        return found
    return own.filter(problem=problem, kind=kind, digest=digest, runs__state__in=WAITING).first()


def _version(user: User, problem: Problem) -> ProblemVersion:
    if problem.current is None or not (problem.is_open or user.teaches):
        raise Rejected(problem.title, "takes no submissions at present")
    return problem.current


def _review(version: ProblemVersion, files: Files) -> None:
    """Refuse what can be seen to fail without running it, naming file and line."""
    try:
        problem = problem_of(version)
    except (ProblemError, OSError):
        log.exception("version %s of %s cannot be read", version.pk, version.problem.slug)
        raise Rejected(
            version.problem.title, "cannot be graded at present, its files are damaged: tell your instructor"
        ) from None
    with _reviewing:
        findings = review(problem, files)
    if findings:
        first = findings[0]
        where = f"{first.file} line {first.line}" if first.line else first.file
        rest = "".join(f"; {finding}" for finding in findings[1:SHOWN_FINDINGS])
        raise Rejected(where, f"{first.text}{rest}")


def _check_pace(user: User) -> None:
    """Refused texts cost time too: so many a minute may be sent, counted by the clock's minute."""
    key = f"submissions:{user.pk}:{int(time.time() // 60)}"
    try:
        cache.add(key, 0, 120)
        sent = cache.incr(key)
    except (RedisError, ValueError):
        return  # where nothing can be counted nobody is kept from handing in
    if sent > settings.GRADING_REQUESTS_PER_MINUTE:
        raise Rejected("submission", "you have sent very many within a minute; wait a moment and send it again")


def _check_waiting(user: User) -> None:
    waiting = GradingRun.objects.filter(submission__user=user, state__in=WAITING).count()
    if waiting >= settings.GRADING_WAITING_PER_PERSON:
        raise Rejected("submission", f"{waiting} of yours wait to be graded; send the next when one of them is done")


def _create(
    user: User, version: ProblemVersion, kind: str, texts: dict[str, str], digest: str, request_key: str
) -> Submission:
    submission = Submission.objects.create(
        user=user,
        problem=version.problem,
        version=version,
        kind=kind,
        files=texts,
        digest=digest,
        request_key=request_key,
    )
    expected = expected_checks(version, kind)
    run = GradingRun.objects.create(
        submission=submission,
        version=version,
        checks_expected=expected,
        max_score=sum(check["points"] for check in expected),
    )
    transaction.on_commit(lambda: queueing.send(run))
    return submission


def expected_checks(version: ProblemVersion, kind: str) -> list[dict[str, Any]]:
    """The checks a submission of that kind will meet."""
    checks: list[dict[str, Any]] = version.meta["checks"]
    return [check for check in checks if kind == Submission.Kind.GRADED or not check["hidden"]]


def save_draft(user: User, problem: Problem, source: str) -> Draft:
    """Keep what stands in a learner's editor; raises Rejected when it is too long."""
    text = source.replace("\r\n", "\n").replace("\0", "")
    if len(text.encode("utf-8", "replace")) > settings.GRADING_SOURCE_LIMIT_KB * 1024:
        raise Rejected("draft", f"is longer than {settings.GRADING_SOURCE_LIMIT_KB} KB and was not kept")
    draft, _ = Draft.objects.update_or_create(
        user=user, problem=problem, defaults={"source": text, "updated": timezone.now()}
    )
    return draft


def draft_of(user: User, problem: Problem) -> Draft | None:
    """What the learner last wrote, if anything was kept."""
    return Draft.objects.filter(user=user, problem=problem).first()
