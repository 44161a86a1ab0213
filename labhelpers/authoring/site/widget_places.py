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
    """Put a still picture and a place where myst-nb has put a widget's number.

    Raises:
        ExtensionError: When the notebook shows a widget whose state it does not hold.
    """
    views = [node for node in doctree.findall(nodes.raw) if node.astext().startswith(VIEW)]
    if not views:
        return
    page = app.env.docname
    states = read_states(app, page)
    for node in views:
        model = json.loads(node.astext().removeprefix(VIEW).removesuffix("</script>"))["model_id"]
        state = states.get(model, {}).get("state", {})
        if "still" not in state:
            raise ExtensionError(
                f"{page}: the notebook shows the widget {model} and holds no state of it, or it is "
                "none of labhelpers.widgets: run the chapter again (labs book run)"
            )
        node.replace_self(nodes.raw("", draw_place(model, state), format="html"))


def draw_place(model: str, state: dict[str, Any]) -> str:
    """Write a widget's place in a page, as `book/static/widgets.js` looks for it.

    It holds the still picture, which stays where there is no JavaScript. `state` holds the widget's
    traits by name.
    """
    wide, narrow = state["space"]
    return PLACE.format(
        model=escape(model),
        wide=int(wide),
        narrow=int(narrow),
        still=state["still"],
        message=escape(state["message"]),
    )


def read_states(app: Sphinx, page: str) -> dict[str, Any]:
    """Read the state of a page's widgets from what myst-nb will write into the page.

    Returns the states by the widgets' numbers.
    """
    return next((json.loads(script["body"])["state"] for script in find_states(app, page)), {})


def find_states(app: Sphinx, page: str) -> Iterator[dict[str, Any]]:
    """Find the scripts in which myst-nb writes the states of a page's widgets.

    Yields what Sphinx writes of each; its `body` is JSON.
    """
    for _, script in NbMetadataCollector.get_js_files(app.env, page).values():
        if script.get("type") == WIDGET_STATE_MIMETYPE:
            yield script


def add_style(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Give pages with widgets their style sheet, so that nothing moves when they come alive."""
    if 'class="labs-widget"' in (context.get("body") or ""):
        app.add_css_file(STYLE)
