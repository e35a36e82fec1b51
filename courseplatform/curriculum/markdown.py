"""Turns the content's Markdown into HTML that is safe to show, with its mathematics left to KaTeX."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

TAGS = nh3.ALLOWED_TAGS | {"section"}
ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "span": {"class"},
    "div": {"class"},
    "code": {"class"},
    "pre": {"class"},
    "th": {"align"},
    "td": {"align"},
}


def _coloured(text: str, language: str, _attributes: str) -> str:
    try:
        lexer = get_lexer_by_name(language or "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return str(highlight(text, lexer, HtmlFormatter(nowrap=True)))


def _math(text: str, options: dict[str, bool]) -> str:
    """The delimiters that KaTeX's auto-render looks for; without scripts the formula's source is read."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").strip()
    return rf"\[{escaped}\]" if options["display_mode"] else rf"\({escaped}\)"


def _renderer() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "highlight": _coloured}).enable(["table", "strikethrough"])
    return markdown.use(dollarmath_plugin, renderer=_math, double_inline=True, allow_digits=False)


_markdown = _renderer()


def to_html(text: str) -> str:
    """Safe HTML of a Markdown text."""
    return nh3.clean(_markdown.render(text), tags=TAGS, attributes=ATTRIBUTES, link_rel="noopener noreferrer")
