"""Problems and their versions, submissions, grading runs and what they recorded.

A model holds facts about one row. Who may see it is in `access`, how it is made in `submissions`,
how it is graded in `grading`.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from courseplatform.curriculum.models import Chapter


class Problem(models.Model):
    """A problem of the catalogue; what is graded against is its current version."""

    slug = models.SlugField(max_length=80, unique=True)
    chapter = models.ForeignKey(Chapter, on_delete=models.SET_NULL, null=True, blank=True, related_name="problems")
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    level = models.PositiveSmallIntegerField(default=1)
    skills = models.JSONField(default=list, blank=True)
    minutes = models.PositiveIntegerField(default=30)
    position = models.PositiveIntegerField(default=0)
    current = models.ForeignKey(
        "ProblemVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="current_of"
    )
    is_open = models.BooleanField("takes submissions", default=True)

    class Meta:
        ordering = ["chapter__order", "position", "slug"]

    def __str__(self) -> str:
        return self.title


class ProblemVersion(models.Model):
    """A problem as it was at one time: what a verdict was given by. `archive` holds the folder itself,
    so that a submission is graded by its own version even after the content has changed."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="versions")
    digest = models.CharField(max_length=64)
    folder = models.CharField("folder below the content", max_length=300)
    archive = models.BinaryField()
    meta = models.JSONField(default=dict)
    statement_html = models.TextField(blank=True)
    starter = models.TextField(blank=True)
    editorial_html = models.TextField(blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["problem", "digest"], name="one_row_per_problem_version")]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.digest[:8]}"


class Submission(models.Model):
    """What a learner handed in. A trial runs the visible checks only and never counts."""

    class Kind(models.TextChoices):
        """Why it was handed in."""

        GRADED = "graded"
        TRIAL = "trial"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="submissions")
    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="submissions")
    version = models.ForeignKey(ProblemVersion, on_delete=models.PROTECT, related_name="submissions")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.GRADED)
    files = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    request_key = models.CharField(max_length=64, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["user", "problem", "-created"]), models.Index(fields=["problem", "-created"])]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "request_key"], condition=~models.Q(request_key=""), name="one_submission_per_request"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def run(self) -> GradingRun | None:
        """The run that counts: the one against the version it was made for."""
        runs = {run.version_id: run for run in self.runs.all()}
        return runs.get(self.version_id)


class GradingRun(models.Model):
    """The grading of one submission by one version; the queue is the rows whose state is queued.

    A worker holds a row by its claim token until the lease ends. `sent` is when a message for it was
    last given to the broker, `not_before` when it may be tried again after a fault of ours, and
    `recorded` counts verdicts written: never more than one unless it was put back by hand.
    """

    class State(models.TextChoices):
        """Where the run is."""

        QUEUED = "queued"
        GRADING = "grading"
        DONE = "done"
        BROKEN = "broken"

    class Lane(models.TextChoices):
        """Who waits for it: a person, or nobody in particular."""

        INTERACTIVE = "interactive"
        BULK = "bulk"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(ProblemVersion, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    lane = models.CharField(max_length=12, choices=Lane.choices, default=Lane.INTERACTIVE)
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    claim_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    queued = models.DateTimeField(default=timezone.now)
    sent = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True)
    max_score = models.FloatField(default=0)
    outcome = models.CharField(max_length=8, blank=True)
    report = models.JSONField(null=True, blank=True)
    checks_expected = models.JSONField(default=list)
    running_check = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)
    recorded = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "version"], name="one_run_per_submission_version")]
        indexes = [models.Index(fields=["state", "lane", "queued"]), models.Index(fields=["state", "finished"])]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.state}"

    @property
    def is_over(self) -> bool:
        """Nothing more will happen unless somebody puts it back in the queue."""
        return self.state in (self.State.DONE, self.State.BROKEN)


class CheckRecord(models.Model):
    """What one check found; rows appear one by one while a run is graded."""

    run = models.ForeignKey(GradingRun, on_delete=models.CASCADE, related_name="checks")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    title = models.TextField()
    outcome = models.CharField(max_length=8)
    points = models.FloatField()
    max_points = models.FloatField()
    hidden = models.BooleanField(default=False)
    message = models.TextField(blank=True)
    hint = models.TextField(blank=True)
    seconds = models.FloatField(default=0)
    detail = models.JSONField(default=dict)
    finished_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="one_record_per_check")]

    def __str__(self) -> str:
        return f"{self.name} {self.outcome}"


class HoldoutLadder(models.Model):
    """What a learner's submissions have left at one check on hidden data: the looks used, the best released score.

    `state` is the engine's, as its next run takes it. `revision` counts the changes: whoever writes
    names the one that was read, so that of two runs at once none overwrites the other.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ladders")
    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="ladders")
    check_name = models.CharField(max_length=200)
    queries = models.PositiveIntegerField("looks used", default=0)
    state = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    updated = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "problem", "check_name"], name="one_ladder_per_learner_and_check")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.check_name}: {self.queries}"


class ScoreOverride(models.Model):
    """A score set by hand. Rows are only added; the latest wins, and an empty score restores the graded one."""

    run = models.ForeignKey(GradingRun, on_delete=models.CASCADE, related_name="overrides")
    score = models.FloatField(null=True, blank=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="overrides")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "pk"]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.score}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Rows are added, never changed."""
        if self.pk is not None:
            raise TypeError("an override is never changed: add another")
        super().save(*args, **kwargs)


class Draft(models.Model):
    """The text in a learner's editor, kept while they write."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="drafts")
    source = models.TextField(blank=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "problem"], name="one_draft_per_problem")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.problem_id}"


class WorkerSeen(models.Model):
    """A worker process and when it last said that it lives."""

    name = models.CharField(max_length=120, unique=True)
    host = models.CharField(max_length=120)
    started = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(default=timezone.now)
    busy_with = models.ForeignKey(GradingRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    placement = models.CharField(max_length=40, blank=True)
    sandbox_state = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Fault(models.Model):
    """Something of ours that went wrong; it never costs a learner anything."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    run = models.ForeignKey(GradingRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="faults")
    worker = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=40)
    text = models.TextField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:60]}"
