"""A place in the page for each widget: its still picture, and room for it when it comes alive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from docutils import nodes
from myst_nb.core.render import WIDGET_STATE_MIMETYPE
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

VIEW = '<script type="application/vnd.jupyter.widget-view+json">'
STYLE = "widgets.css"
PLACE = (
    '<div class="labs-widget" data-model="{model}" '
    'style="--labs-wide:{wide}px;--labs-narrow:{narrow}px"><div class="labs-frame">'
    '<figure class="labs-still">{still}<figcaption class="labs-words">{message} (A still picture: '
    "on a screen, with JavaScript, you can move it.)</figcaption></figure>"
    '<div class="labs-live" hidden></div></div></div>'
)


def make_places(app: Sphinx, doctree: nodes.document) -> None:
    """Put a still picture and a place where myst-nb has put a widget's number."""
    page = app.env.docname
    states: dict[str, Any] = {}
    for script in find_states(app, page):
        states |= json.loads(script["body"])["state"]
    for node in list(doctree.findall(nodes.raw)):
        if not node.astext().startswith(VIEW):
            continue
        model = json.loads(node.astext().removeprefix(VIEW).removesuffix("</script>"))["model_id"]
        state = states.get(model, {}).get("state", {})
        if "still" not in state:
            raise ExtensionError(
                f"{page}: the notebook shows the widget {model} and holds no state of it, or it is "
                "none of labhelpers.widgets: run the chapter again (labs book run)"
            )
        node.replace_self(nodes.raw("", draw_place(model, state), format="html"))


def draw_place(model: str, state: dict[str, Any]) -> str:
    """Write a widget's place in a page, as `book/static/widgets.js` looks for it."""
    wide, narrow = state["space"]
    return PLACE.format(
        model=escape(model),
        wide=int(wide),
        narrow=int(narrow),
        still=state["still"],
        message=escape(state["message"]),
    )


def find_states(app: Sphinx, page: str) -> Iterator[dict[str, Any]]:
    """Find the scripts in whose `body` myst-nb writes the states of a page's widgets, as JSON."""
    for _, script in NbMetadataCollector.get_js_files(app.env, page).values():
        if script.get("type") == WIDGET_STATE_MIMETYPE:
            yield script


def add_style(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Give pages with widgets their style sheet, so that nothing moves when they come alive."""
    if 'class="labs-widget"' in (context.get("body") or ""):
        app.add_css_file(STYLE)
