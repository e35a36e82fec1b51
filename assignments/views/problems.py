"""A problem's page: reading it, writing a solution, trying it, handing it in."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assignments import access, attempts, scoring, submissions
from assignments.forms import DraftForm, SolutionForm
from assignments.models import Problem, Submission
from assignments.submissions import Rejected
from assignments.views.asking import person, signed_in, visitor, wants_part
from assignments.views.presenting import progress_of
from courseplatform.accounts.models import User

SHOWN_ATTEMPTS = 3


@never_cache
@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """The statement beside the editor."""
    shown = access.get_problem_for(visitor(request), slug)
    return render(request, "assignments/problem.html", page_context(request, shown))


@require_POST
@signed_in
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand a solution in; back to the editor, with what was written, where it is refused."""
    return _send(request, slug, Submission.Kind.GRADED)


@require_POST
@signed_in
def run_visible(request: HttpRequest, slug: str) -> HttpResponse:
    """Run the visible checks on a solution; they never count."""
    return _send(request, slug, Submission.Kind.TRIAL)


@require_POST
@signed_in
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what stands in the editor. Answers a few words for the editor to show."""
    shown = access.get_problem_for(person(request), slug)
    form = DraftForm(request.POST)
    form.is_valid()
    try:
        submissions.save_draft(person(request), shown, form.cleaned_data["source"])
    except Rejected as refusal:
        return HttpResponse(sentence(refusal), status=422, content_type="text/plain; charset=utf-8")
    words = f"Draft saved at {timezone.localtime():%H:%M} UTC"
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@require_safe
@signed_in
def editorial(request: HttpRequest, slug: str) -> HttpResponse:
    """Why the problem's solution works, for those who have solved it."""
    shown = access.get_problem_for(person(request), slug)
    if shown.current is None or not access.may_see_editorial(person(request), shown):
        raise Http404
    context = {"problem": shown, "editorial_html": shown.current.editorial_html}
    return render(request, "assignments/editorial.html", context)


def page_context(request: HttpRequest, shown: Problem, form: SolutionForm | None = None) -> dict[str, Any]:
    """What the problem's page needs; `form` is a refused one that must keep what was written."""
    version = shown.current
    if version is None:
        raise Http404
    context: dict[str, Any] = {
        "problem": shown,
        "meta": version.meta,
        "statement_html": version.statement_html,
        "starter": version.starter,
        "max_score": sum(check["points"] for check in version.meta.get("checks", [])),
    }
    user = visitor(request)
    if not isinstance(user, User):
        return context
    listed = attempts.attempts_of(user, shown)
    if form is None:
        source, notice, status = opening_source(request, user, shown)
        form = SolutionForm.fresh(source)
        context |= {"notice": notice, "draft_status": status}
    return context | {
        "form": form,
        "attempts": listed[:SHOWN_ATTEMPTS],
        "state": scoring.state_of(listed),
        "can_reset": request.GET.get("from") != "starter",
    }


def opening_source(request: HttpRequest, user: User, shown: Problem) -> tuple[str, str, str]:
    """The text that the editor opens with, a note on where it comes from, and the draft's state.

    An earlier submission or the starter where the address asks for it, else the draft, else the
    starter. Showing one of them does not touch the draft: only typing does.
    """
    starter = shown.current.starter if shown.current else ""
    wanted = request.GET.get("from", "")
    kept = submissions.draft_of(user, shown)
    if wanted == "starter":
        return starter, "This is the starter. Your draft is replaced only when you change something here.", ""
    if wanted:
        earlier = _earlier(user, shown, wanted)
        if earlier is not None:
            return earlier, "This is the source of an earlier submission.", ""
    if kept is not None:
        return kept.source, "", f"Draft of {timezone.localtime(kept.updated):%d %b, %H:%M} UTC"
    return starter, "", ""


def _earlier(user: User, shown: Problem, wanted: str) -> str | None:
    try:
        submission = access.get_submission_for(user, wanted)
    except Http404:
        return None
    if submission.problem_id != shown.pk:
        return None
    files: dict[str, str] = submission.files
    return files.get("solution.py", next(iter(files.values()), ""))


def _send(request: HttpRequest, slug: str, kind: Submission.Kind) -> HttpResponse:
    shown = access.get_problem_for(person(request), slug)
    form = SolutionForm(request.POST, request.FILES)
    if form.is_valid():
        upload, source = form.cleaned_data["upload"], form.cleaned_data["source"]
        try:
            made = submissions.accept(
                person(request),
                shown,
                source=None if upload else source,
                upload=upload or None,
                kind=kind,
                request_key=_key(form, kind, source),
            )
        except Rejected as refusal:
            form.add_error("upload" if upload else "source", sentence(refusal))
        else:
            return _sent(request, made)
    form.show_again()
    if wants_part(request):
        response = render(request, "assignments/parts/solution_errors.html", {"form": form})
        response["HX-Retarget"] = "#solution-errors"
        return response
    return render(request, "assignments/problem.html", page_context(request, shown, form), status=422)


def sentence(refusal: Rejected) -> str:
    """A refusal as a sentence that names what it is about."""
    joined = f"{refusal.subject}: {refusal.text}"
    return joined if joined.endswith((".", "!", "?")) else f"{joined}."


def _key(form: SolutionForm, kind: Submission.Kind, source: str) -> str:
    """One key for each form and content: a second click repeats it, an edit after Back does not."""
    content = f"{kind}\0{source}".encode()
    return str(uuid.uuid5(form.cleaned_data["request_key"], hashlib.sha256(content).hexdigest()))


def _sent(request: HttpRequest, made: Submission) -> HttpResponse:
    if not wants_part(request):
        return redirect("submission", made.pk)
    context = {
        "submission": made,
        "problem": made.problem,
        "progress": progress_of(person(request), made),
        "compact": True,
        "form": SolutionForm.fresh(""),
    }
    return render(request, "assignments/parts/trial.html", context)
