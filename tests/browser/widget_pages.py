"""Pages of single widgets, as the book's pages have them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from labhelpers.authoring.site.scripts import SPARE
from labhelpers.authoring.site.widget_places import draw_place

if TYPE_CHECKING:
    from ipywidgets import Widget

ROOT = Path(__file__).resolve().parents[2]
STATE = "application/vnd.jupyter.widget-state+json"
PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Widgets</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="widgets.css"><script defer src="widgets.js"></script>
<script type="{kind}">{state}</script></head>
<body style="max-width:47rem;margin:1rem auto"><main><h1>Widgets</h1>{places}
<p>Text after.</p></main></body></html>"""


def read_states(*widgets: Widget) -> dict[str, dict]:
    """The states of widgets and what they need, as a notebook holds them."""
    from ipywidgets.embed import dependency_state

    # As in a notebook, and so through JSON: a page has nothing else.
    return json.loads(json.dumps(dependency_state(list(widgets), drop_defaults=False)))


def write_page(folder: Path, states: dict[str, dict], shown: list[str]) -> Path:
    """Write a page with widgets as the book's pages have them, to be opened from its folder."""
    for name in ("labhelpers/widgets/widgets.css", "book/static/widgets.js"):
        shutil.copy(ROOT / name, folder)
    written = {
        name: {**one, "state": {k: v for k, v in one["state"].items() if k not in SPARE}}
        for name, one in states.items()
    }
    text = json.dumps({"version_major": 2, "version_minor": 0, "state": written})
    text = text.replace("</script>", r"<\/script>")
    places = "".join(draw_place(name, states[name]["state"]) for name in shown)
    page = folder / "page.html"
    page.write_text(PAGE.format(kind=STATE, state=text, places=places), encoding="utf-8")
    return page
