"""The teaching pages: what the learners of one's cohorts handed in, and the cohorts themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assignments import access
from assignments.attempts import attempt_of
from assignments.forms import CohortSubmissionsFilter, CreateCohortForm, JoinCohortForm
from assignments.models import GradingRun, Problem, Submission
from assignments.views.asking import person, signed_in, teaching
from courseplatform.accounts.cohorts import CohortError, cohorts_of, create_cohort, join_cohort
from courseplatform.accounts.models import Cohort, User

PAGE = 50
# An outcome of the filter as a condition on the runs. Broken is neither passed nor failed.
OUTCOMES = {
    "passed": Q(runs__state=GradingRun.State.DONE, runs__outcome="passed"),
    "failed": Q(runs__state=GradingRun.State.DONE, runs__outcome="failed"),
    "waiting": Q(runs__state__in=(GradingRun.State.QUEUED, GradingRun.State.GRADING)),
    "broken": Q(runs__state=GradingRun.State.BROKEN),
}


@require_safe
@teaching
def cohort_submissions(request: HttpRequest) -> HttpResponse:
    """Submissions of the learners one teaches, the newest first."""
    user = person(request)
    cohorts = access.taught_cohorts(user)
    form = CohortSubmissionsFilter(
        request.GET,
        cohorts=[(cohort.slug, cohort.name) for cohort in cohorts],
        problems=Problem.objects.order_by("title").values_list("slug", "title"),
    )
    chosen = form.chosen()
    cohort = cohorts.filter(slug=chosen["cohort"]).first() if "cohort" in chosen else None
    found = narrowed(access.cohort_submissions_for(user, cohort), chosen)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "attempts": [attempt_of(each) for each in page.object_list]}
    return render(request, "assignments/cohort_submissions.html", context)


def narrowed(found: QuerySet[Submission], chosen: dict[str, str]) -> QuerySet[Submission]:
    """Those submissions that the filter asks for."""
    if "problem" in chosen:
        found = found.filter(problem__slug=chosen["problem"])
    if "learner" in chosen:
        found = found.filter(user__username__icontains=chosen["learner"])
    if "outcome" in chosen:
        found = found.filter(OUTCOMES[chosen["outcome"]]).distinct()
    return found


@dataclass(frozen=True)
class CohortRow:
    """A cohort as the page lists it: only those who teach it see its members and its code."""

    cohort: Cohort
    teaches: bool
    instructors: list[User]
    members: list[User]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cohorts(request: HttpRequest) -> HttpResponse:
    """One's cohorts; joining one by its code, and making one for those who teach."""
    user = person(request)
    create = request.POST.get("action") == "create"
    join_form = JoinCohortForm(request.POST if request.POST and not create else None)
    create_form = CreateCohortForm(request.POST if create else None)
    form = create_form if create else join_form
    if form.is_valid():
        try:
            if create:
                made = create_cohort(user, form.cleaned_data["name"])
                messages.success(request, f"{made.name} is there; its join code is {made.join_code}.")
            else:
                joined = join_cohort(user, form.cleaned_data["code"])
                messages.success(request, f"You are in {joined.name}.")
            return redirect("cohorts")
        except CohortError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "rows": [cohort_row(user, cohort) for cohort in cohorts_of(user)],
        "may_create": user.teaches,
        "join_form": join_form,
        "create_form": create_form,
    }
    return render(request, "assignments/cohorts.html", context, status=422 if form.errors else 200)


def cohort_row(user: User, cohort: Cohort) -> CohortRow:
    """The cohort as this person may see it."""
    instructors = list(cohort.instructors.all())
    teaches = user.is_superuser or user in instructors
    return CohortRow(cohort, teaches, instructors, list(cohort.members.all()) if teaches else [])
