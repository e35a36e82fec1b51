"""A submission's page, its live progress, and the history of a problem."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assignments import access, attempts, overriding, scoring
from assignments.attempts import attempt_of
from assignments.differences import compare_files
from assignments.forms import OverrideForm
from assignments.models import Submission
from assignments.overriding import OverrideError
from assignments.views.asking import person, signed_in
from assignments.views.presenting import overrides_of, progress_of

UNCHANGED = 204


@never_cache
@require_safe
@signed_in
def submission(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One submission: its progress while it is graded, then its result."""
    shown = access.get_submission_for(person(request), pk)
    return render(request, "assignments/submission.html", page_context(request, shown))


@never_cache
@require_safe
@signed_in
def submission_progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The part of that page that changes; nothing at all where it has not changed."""
    shown = access.get_submission_for(person(request), pk)
    context = progress_context(request, shown)
    if request.GET.get("seen") == context["progress"].token:
        return HttpResponse(status=UNCHANGED)
    return render(request, "assignments/parts/progress.html", context)


@require_POST
@signed_in
def override(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Set a score by hand with a reason, or go back to the graded one."""
    shown = access.get_submission_for(person(request), pk)
    if not access.can_override(person(request), shown):
        raise Http404
    if request.POST.get("action") == "undo":
        overriding.undo_override(person(request), shown)
        messages.success(request, "The graded score counts again.")
        return redirect("submission", pk)
    form = OverrideForm(request.POST)
    if form.is_valid():
        try:
            overriding.override(person(request), shown, form.cleaned_data["score"], form.cleaned_data["reason"])
        except OverrideError as refusal:
            form.add_error(refusal.field, refusal.text)
    if form.errors:
        context = page_context(request, shown) | {"override_form": form}
        return render(request, "assignments/submission.html", context, status=422)
    messages.success(request, "The score has been set.")
    return redirect("submission", pk)


@require_safe
@signed_in
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own submissions to a problem, the newest first."""
    problem = access.get_problem_for(person(request), slug)
    listed = attempts.attempts_of(person(request), problem)
    context = {
        "problem": problem,
        "attempts": listed,
        "state": scoring.state_of(listed),
        "best": scoring.best(listed),
    }
    return render(request, "assignments/history.html", context)


@require_safe
@signed_in
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed between two submissions to a problem."""
    problem = access.get_problem_for(person(request), slug)
    before, after = (_named(request, name, problem.pk) for name in ("a", "b"))
    context = {
        "problem": problem,
        "attempts": [attempt_of(before), attempt_of(after)],
        "files": compare_files(before.files, after.files),
        "view": "sides" if request.GET.get("view") == "sides" else "unified",
    }
    return render(request, "assignments/compare.html", context)


def _named(request: HttpRequest, name: str, problem_id: int) -> Submission:
    found = access.get_submission_for(person(request), request.GET.get(name, ""))
    if found.problem_id != problem_id:
        raise Http404
    return found


def progress_context(request: HttpRequest, shown: Submission) -> dict[str, Any]:
    """What the changing part needs."""
    return {
        "submission": shown,
        "problem": shown.problem,
        "progress": progress_of(person(request), shown),
        "compact": bool(request.GET.get("compact")),
        "editorial_open": access.may_see_editorial(person(request), shown.problem),
    }


def page_context(request: HttpRequest, shown: Submission) -> dict[str, Any]:
    """What the whole page needs."""
    context = progress_context(request, shown)
    progress = context["progress"]
    may_override = access.can_override(person(request), shown)
    return context | {
        "page_title": f"{shown.problem.title}: {progress.sentence.split(':')[0].rstrip('.')}",
        "files": sorted(shown.files.items()),
        "is_own": shown.user_id == person(request).pk,
        "may_override": may_override and progress.is_final and shown.kind == Submission.Kind.GRADED,
        "override_form": OverrideForm(),
        "overrides": overrides_of(progress.run),
    }
