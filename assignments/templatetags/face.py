"""Template tags for what recurs on the pages: icons, states, points, times, code, pictures."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from assignments import diagnoses, pictures
from assignments.highlighting import highlighted_lines
from assignments.wording import STATES

register = template.Library()

# Paths of 16 x 16 drawings, stroked with the colour of the text around them.
ICONS = {
    "check": '<path d="M3 8.5 6.5 12 13 4.5"/>',
    "cross": '<path d="M4 4l8 8M12 4l-8 8"/>',
    "dash": '<path d="M4 8h8"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 2"/>',
    "busy": '<path class="spin" d="M14 8a6 6 0 1 1-6-6"/>',
    "ring": '<circle cx="8" cy="8" r="5.5"/>',
    "half": '<circle cx="8" cy="8" r="5.5"/><path d="M8 5.2a2.8 2.8 0 0 1 0 5.6z" fill="currentColor"/>',
    "theme": '<circle cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/>',
    "person": '<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 14c.6-3 2.6-4.5 5.2-4.5s4.6 1.5 5.2 4.5"/>',
    "hint": '<path d="M6 13.5h4M5.5 9.8a4 4 0 1 1 5 0c-.5.5-.7 1-.7 1.7H6.2c0-.7-.2-1.200-.7-1.700z"/>',
    "arrow": '<path d="M3 8h10M9 4l4 4-4 4"/>',
}

LEVELS = {1: "Introductory", 2: "Easy", 3: "Medium", 4: "Hard", 5: "Very hard"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing that says nothing to a screen reader: words stand beside it."""
    return format_html(
        '<svg class="icon" width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" '
        'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        mark_safe(ICONS[name]),
    )


@register.simple_tag
def wordmark() -> SafeString:
    """The site's mark: a line that rises above its baseline."""
    return mark_safe(
        '<svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" '
        'fill="currentColor"/><path class="mark-ink" d="M8 21.5 13 16l4 3.5L24.5 10" fill="none" '
        'stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


@register.simple_tag
def state(name: str, words: str = "") -> SafeString:
    """A badge for a state: colour, shape and word."""
    tone, shape, usual = STATES.get(name, ("", "dash", name))
    return format_html('<span class="state {}">{}<span>{}</span></span>', tone, icon(shape), words or usual)


@register.simple_tag
def run_state(name: str, score: float | None) -> SafeString:
    """A badge for a whole run: between nothing and everything there is a part."""
    return state("partly" if name == "failed" and score else name)


@register.simple_tag
def state_icon(name: str) -> SafeString:
    """The shape of a state alone, with its word for those who hear the page."""
    tone, shape, words = STATES.get(name, ("", "dash", name))
    return format_html(
        '<span class="state-icon {}">{}<span class="visually-hidden">{}</span></span>', tone, icon(shape), words
    )


@register.simple_tag
def level(value: int) -> SafeString:
    """A level of difficulty as dots and words."""
    dots = mark_safe(
        "".join(
            f'<circle class="{"on" if place < value else "off"}" cx="{4 + 9 * place}" cy="5" r="3"/>'
            for place in range(5)
        )
    )
    return format_html(
        '<span class="level"><svg width="44" height="10" viewBox="0 0 44 10" aria-hidden="true">{}</svg>'
        "<span>{}</span></span>",
        dots,
        LEVELS.get(value, f"Level {value}"),
    )


@register.filter
def points(value: float | int | None) -> str:
    """Points without a needless fraction; a dash where there are none yet."""
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


@register.filter
def duration(value: float | int | None) -> str:
    """A span of time in the unit that suits it."""
    if value is None:
        return "–"
    if value < 60:
        return pictures.seconds(max(float(value), 1e-6)) if value else "0 s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@register.filter
def ago(moment: datetime.datetime | None) -> str:
    """How long ago a moment was."""
    if moment is None:
        return "never"
    passed = max((timezone.now() - moment).total_seconds(), 0)
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if passed >= size:
            count = int(passed // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now" if passed < 5 else f"{int(passed)} seconds ago"


@register.simple_tag
def moment(value: datetime.datetime | None) -> SafeString:
    """A point in time, exact for machines and readable for people (UTC)."""
    if value is None:
        return mark_safe("–")
    value = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), f"{value.day} {value:%b %Y, %H:%M}".replace(" ", " ")
    )


@register.simple_tag
def source_code(text: str, name: str = "") -> SafeString:
    """Python source, coloured, with numbered lines. The block scrolls, so it can take the focus."""
    lines = highlighted_lines(text)
    body = format_html_join("", '<span class="code-line">{}</span>', ((line,) for line in lines))
    return format_html(
        '<pre class="source" tabindex="0" role="group" aria-label="{}"><code>{}</code></pre>',
        f"Source of {name}" if name else "Source",
        body,
    )


@register.simple_tag
def picture(detail: dict[str, Any] | None) -> pictures.Picture | None:
    """The picture of a check's detail, if there is one."""
    return pictures.picture_of(detail or {})


@register.simple_tag
def picture_rows(drawn: pictures.Picture) -> SafeString:
    """The rows of a picture's table."""
    return pictures.table_rows(drawn.rows)


@register.simple_tag
def diagnosis(message: str, detail: dict[str, Any] | None) -> diagnoses.Diagnosis | None:
    """What is known of the difference that a check found, if it compared anything."""
    return diagnoses.diagnosis_of(message, detail)


@register.simple_tag
def gradient_rows(detail: dict[str, Any] | None) -> list[tuple[str, str, str, str]]:
    """The parameters of a check of gradients, for a table."""
    return diagnoses.gradient_rows(detail)


@register.simple_tag
def points_bar(checks: list[Any]) -> SafeString:
    """The checks as one bar: a stretch for each, as wide as its worth, coloured by its outcome."""
    whole = sum(check.max_points for check in checks) or 1.0
    x, parts = 0.0, []
    for check in checks:
        width = 1000 * check.max_points / whole
        tone = STATES.get(check.outcome, ("", "", ""))[0]
        parts.append((tone, round(x, 1), round(max(width - 4, 1), 1)))
        x += width
    inside = format_html_join("", '<rect class="{}" x="{}" y="0" width="{}" height="10"/>', parts)
    return format_html(
        '<svg class="points-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>', inside
    )


@register.simple_tag
def usage_bar(used: float | None, limit: float | None) -> SafeString:
    """How much of a limit was used, as a thin bar; the figures stand beside it in words."""
    if not limit or used is None:
        return mark_safe("")
    share = min(max(used / limit, 0.0), 1.0)
    tone = "bad" if used > limit else ("wait" if share > 0.8 else "")
    return format_html(
        '<svg class="usage" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="4"/><rect class="fill {}" width="{}" height="4"/></svg>',
        tone,
        round(max(share * 100, 1), 1),
    )


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """The page's query string with some values changed, for links that keep the filters."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def back_here(context: template.Context) -> str:
    """The query that leads back to this page after signing in; none where it leads nowhere better."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if request is None or match is None or match.url_name in (None, "catalogue") or "account" in match.url_name:
        return ""
    return "?" + urlencode({"next": request.get_full_path()})
