"""The catalogue, and the page on how grading works."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assignments import access, attempts
from assignments.forms import CatalogueFilter
from assignments.models import Problem
from assignments.views.asking import visitor, wants_part
from assignments.wording import OUTCOMES
from courseplatform.accounts.models import User
from courseplatform.curriculum.models import Chapter


@dataclass(frozen=True)
class Card:
    """A problem in the catalogue, and how far the visitor has come with it."""

    problem: Problem
    state: str

    def fits(self, chosen: dict[str, str]) -> bool:
        """Whether the problem is among those that the filter asks for."""
        problem = self.problem
        text = " ".join([problem.title, problem.summary, *problem.skills]).casefold()
        return (
            all(word in text for word in chosen.get("q", "").casefold().split())
            and chosen.get("level", str(problem.level)) == str(problem.level)
            and chosen.get("state", self.state) == self.state
            and ("skill" not in chosen or chosen["skill"] in problem.skills)
        )


@dataclass(frozen=True)
class Group:
    """A chapter with those of its problems that are shown."""

    chapter: Chapter | None
    cards: tuple[Card, ...]


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every problem by chapter, filtered as asked."""
    user = visitor(request)
    problems = list(access.problems_for(user))
    standings = attempts.standings(user) if isinstance(user, User) else {}
    cards = [Card(problem, standings.get(problem.pk, attempts.UNTOUCHED).state) for problem in problems]
    skills = itertools.chain.from_iterable(problem.skills for problem in problems)
    form = CatalogueFilter(request.GET, skills=skills, with_state=user.is_authenticated)
    chosen = form.chosen()
    shown = [card for card in cards if card.fits(chosen)]
    context = {
        "form": form,
        "groups": grouped(shown),
        "shown_count": len(shown),
        "total_count": len(cards),
        "solved_count": sum(card.state == "solved" for card in cards),
    }
    page = "assignments/parts/catalogue_results.html" if wants_part(request) else "assignments/catalogue.html"
    response = render(request, page, context)
    response["Vary"] = "HX-Request, Cookie"
    return response


def grouped(cards: Iterable[Card]) -> list[Group]:
    """Cards by chapter, in the order in which they come."""
    groups: dict[int | None, list[Card]] = {}
    for card in cards:
        groups.setdefault(card.problem.chapter_id, []).append(card)
    return [Group(members[0].problem.chapter, tuple(members)) for members in groups.values()]


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How grading works, in the same words that the results use."""
    return render(request, "assignments/help.html", {"outcomes": OUTCOMES})
