"""The operations page: the queue, the workers, what went wrong, and putting a broken run back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assignments import queueing
from assignments.models import GradingRun
from assignments.views.asking import operating, wants_part


@never_cache
@require_safe
@operating
def operations(request: HttpRequest) -> HttpResponse:
    """The queue at a glance; its figures are renewed in place."""
    page = "assignments/parts/operations.html" if wants_part(request) else "assignments/operations.html"
    return render(request, page, {"overview": queueing.queue_overview()})


@require_POST
@operating
def requeue(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a run that broke back in the queue; a second click changes nothing."""
    run = get_object_or_404(GradingRun, pk=pk)
    if queueing.requeue(run):
        messages.success(request, "The run is back in the queue.")
    else:
        messages.warning(request, "The run is not broken any more; nothing was changed.")
    return redirect("operations")
