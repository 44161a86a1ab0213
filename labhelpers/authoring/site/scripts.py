"""Widgets' scripts as small as a page needs them."""

from __future__ import annotations

import json

from docutils import nodes
from myst_nb.core.render import sanitize_script_content
from sphinx.application import Sphinx

from labhelpers.authoring.site.widget_places import find_states

try:
    import minify
except ImportError:  # Macs with Arm
    minify = None

# What the page has already: the picture in the widget's place, the style in a file.
SPARE = ("still", "_css")


def shrink_widgets(app: Sphinx, doctree: nodes.document) -> None:
    """Shrink the scripts of a page's widgets, and leave out what the page has already."""
    for script in find_states(app, app.env.docname):
        whole = json.loads(script["body"])
        for one in whole["state"].values():
            if "_esm" in one["state"]:
                one["state"]["_esm"] = shrink_script(one["state"]["_esm"])
                for name in SPARE:
                    one["state"].pop(name, None)
        script["body"] = sanitize_script_content(json.dumps(whole))


def shrink_script(text: str) -> str:
    """Make an ES module a third shorter, where the tool for it is to be had."""
    if minify is None:
        return text
    return minify.string("application/javascript", text)


def shrink_styles(app: Sphinx, error: Exception | None) -> None:
    """Take comments and spaces out of the styles that every page loads."""
    if minify is None or error is not None or app.builder.format != "html":
        return
    for name in ("book.css", "widgets.css"):
        style = app.outdir / "_static" / name
        if style.is_file():
            style.write_text(minify.string("text/css", style.read_text("utf-8")), "utf-8")
