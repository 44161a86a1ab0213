"""Docstrings are written as plain text with `code` in backticks; autodoc reads reStructuredText.

What is punctuation in the first and markup in the second is escaped on the way.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

__all__ = ["escape_docstring", "escape_markup"]

_CODE = re.compile(r"(``.+?``|`[^`]+`)")
_STAR = re.compile(r"(?<![*\\])\*(?!\*)")
_TRAILING_UNDERSCORE = re.compile(r"(?<=\w)_(?!\w)")


def escape_markup(line: str) -> str:
    r"""Escape what reStructuredText would take for markup, outside backticks.

    Args:
        line: One line of a docstring.

    Returns:
        The line with stray stars, bars and trailing underscores escaped: `2 * 3` keeps its star.
    """
    if line.lstrip().startswith(("*", ">>>", "...", "..")):
        return line
    pieces = _CODE.split(line)
    for index in range(0, len(pieces), 2):
        piece = _STAR.sub(r"\\*", pieces[index]).replace("|", r"\|")
        pieces[index] = _TRAILING_UNDERSCORE.sub(r"\\_", piece)
    return "".join(pieces)


def escape_docstring(
    app: Sphinx, what: str, name: str, thing: object, options: Any, lines: list[str]
) -> None:
    """Escape a docstring that autodoc is about to read; blocks of code after `::` stay.

    Args:
        app: The application that builds the book.
        what: The kind of thing documented.
        name: Its full name.
        thing: The thing itself.
        options: The directive's options.
        lines: The docstring's lines, changed in place.
    """
    code_indent: int | None = None
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        if code_indent is not None and indent > code_indent:
            continue
        code_indent = indent if line.rstrip().endswith("::") else None
        lines[index] = escape_markup(line)
