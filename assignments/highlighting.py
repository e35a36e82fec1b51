"""Colours Python source for reading: class names only, so that both themes and the content policy serve it."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

# Colouring costs time in proportion to the text; beyond this it is shown plain.
COLOURED_LIMIT = 200_000

_lexer = PythonLexer(stripnl=False, ensurenl=False)
_formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def highlighted_lines(source: str) -> list[SafeString]:
    """The source's lines as safe HTML. Spans never run over the end of a line."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    if len(text) > COLOURED_LIMIT:
        return [mark_safe(escape(line)) for line in text.split("\n")]
    coloured = highlight(text, _lexer, _formatter).rstrip("\n")
    return [mark_safe(line) for line in coloured.split("\n")]
