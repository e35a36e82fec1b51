"""Who is asking, and for what: a whole page, or a part of one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from assignments import access
from courseplatform.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def wants_part(request: HttpRequest) -> bool:
    """Whether a script on the page asks for a part of it; without scripts the answer is a page."""
    return bool(getattr(request, "htmx", False))


def visitor(request: HttpRequest) -> User | AnonymousUser:
    """Whoever is asking."""
    return request.user


def person(request: HttpRequest) -> User:
    """Whoever is asking, behind `signed_in`."""
    assert isinstance(request.user, User)
    return request.user


def signed_in(view: View[P]) -> View[P]:
    """Sends others to the sign-in page; a script is told 401, as it cannot show that page."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if wants_part(request):
            return HttpResponse("Sign in again.", status=401, content_type="text/plain")
        return redirect_to_login(request.get_full_path())

    return guarded


def teaching(view: View[P]) -> View[P]:
    """For instructors and administrators; to others the page does not exist."""
    return signed_in(_only_if(access.teaches, view))


def operating(view: View[P]) -> View[P]:
    """For administrators; to others the page does not exist."""
    return signed_in(_only_if(access.may_operate, view))


def _only_if(allowed: Callable[[User], bool], view: View[P]) -> View[P]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not allowed(person(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
