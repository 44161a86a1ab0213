"""A directive that puts a drawing into the page itself, so that it takes the page's colours."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective


class Drawing(SphinxDirective):
    """Show an SVG file inside the page, where `currentColor` is the colour of the page's text."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {"alt": directives.unchanged_required, "class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        """Read the file and make the nodes."""
        relative, absolute = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        alt = self.options.get("alt", "")
        if not alt:
            raise self.error(f"the drawing {relative} needs an :alt: that says what it shows")
        try:
            text = Path(absolute).read_text(encoding="utf-8")
        except OSError as error:
            raise self.error(f"the drawing {relative} cannot be read: {error}") from error
        inside = re.search(r"<svg\b([^>]*)>(.*)</svg>", text, flags=re.DOTALL)
        if inside is None:
            raise self.error(f"{relative} is not an SVG drawing")
        view = re.search(r'viewBox="[^"]*"', inside[1])
        body = re.sub(r"<style.*?</style>|<title>.*?</title>", "", inside[2], flags=re.DOTALL)
        classes = " ".join(["drawing", *self.options.get("class", [])])
        markup = (
            f'<div class="{classes}"><svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'{view[0] if view else ""} aria-label="{html.escape(alt)}">{body}</svg></div>'
        )
        return [nodes.raw("", markup, format="html")]
