"""Text in Markdown: what comes from a results file is shown as text, whatever it holds.

Not every mark is escaped, so that the file stays readable as it is: brackets make a link only
before a parenthesis, another bracket or a colon, an underscore emphasis only at a word's edge, an
angle a tag only before a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

_MARKS = re.compile(r"[\\`*|~$]|\](?=\s*[(\[:])|(?<!\w)_|_(?!\w)")
_BLOCK = re.compile(r"^(>|#{1,6}(?=\s|$)|[-+](?=\s|$)|[-=](?=[-=\s]*$)|\d+(?=[.)](\s|$)))")
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def escaped(text: str) -> str:
    """The text as one line of Markdown that shows it."""
    line = " ".join(text.split())
    line = _MARKS.sub(lambda mark: "\\" + mark[0], line)
    line = _BLOCK.sub(lambda mark: mark[0] + "\\" if mark[0].isdigit() else "\\" + mark[0], line)
    line = _TAG.sub("&lt;", _ENTITY.sub("&amp;", line))
    # A bare address becomes a link in most viewers.
    return line.replace("://", "&#58;//").replace("www.", "www&#46;")


def as_markdown(value: Any) -> Markup:
    """A value as a template prints it: escaped, unless it is Markdown already."""
    return value if isinstance(value, Markup) else Markup(escaped(str(value)))


def markdown_cells(row: Iterable[Any]) -> Markup:
    """A table's row without its outer bars."""
    return Markup(" | ".join(as_markdown(cell) for cell in row))


def code(text: str) -> Markup:
    """A name in code type, where it is a name; else as text."""
    return Markup(f"`{text}`") if re.fullmatch(r"[\w.-]+", text) else as_markdown(text)
