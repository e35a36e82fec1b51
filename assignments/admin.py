"""Problems, submissions, runs and faults in Django's admin pages: to look at, for doors do the writing."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from assignments.models import Fault, GradingRun, HoldoutLadder, Problem, ScoreOverride, Submission, WorkerSeen

M = TypeVar("M", bound=Model)


class ReadOnly(admin.ModelAdmin[M]):
    """Rows that are made elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is deleted here."""
        return False


@admin.register(Problem)
class ProblemAdmin(admin.ModelAdmin[Problem]):
    """Problems come from the content; whether they take submissions is decided here."""

    list_display = ("title", "chapter", "level", "is_open")
    list_filter = ("chapter", "level", "is_open")
    fields = ("is_open",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Problems are made by loading content."""
        return False


@admin.register(Submission)
class SubmissionAdmin(ReadOnly[Submission]):
    """What was handed in."""

    list_display = ("id", "user", "problem", "kind", "created")
    list_filter = ("kind", "problem")
    search_fields = ("id", "user__username")


@admin.register(GradingRun)
class GradingRunAdmin(ReadOnly[GradingRun]):
    """How it was graded."""

    list_display = ("submission", "state", "outcome", "score", "attempts", "worker", "queued", "finished")
    list_filter = ("state", "outcome", "lane")
    search_fields = ("submission__id", "submission__user__username")


@admin.register(ScoreOverride)
class ScoreOverrideAdmin(ReadOnly[ScoreOverride]):
    """Scores set by hand."""

    list_display = ("run", "score", "by", "created")


@admin.register(Fault)
class FaultAdmin(ReadOnly[Fault]):
    """What went wrong on our side."""

    list_display = ("at", "kind", "worker", "text")
    list_filter = ("kind",)


@admin.register(WorkerSeen)
class WorkerSeenAdmin(ReadOnly[WorkerSeen]):
    """Workers and their last sign of life."""

    list_display = ("name", "host", "seen", "placement", "sandbox_state")


@admin.register(HoldoutLadder)
class HoldoutLadderAdmin(ReadOnly[HoldoutLadder]):
    """Looks at hidden data."""

    list_display = ("user", "problem", "check_name", "queries", "updated")
    list_filter = ("problem",)
    search_fields = ("user__username", "check_name")
