"""A real browser, the built book, and pages of single widgets for it to look at."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsers import find_browser
from playwright.sync_api import sync_playwright

from labhelpers.course.pages.widgets import draw_place

if TYPE_CHECKING:
    from ipywidgets import Widget
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
STATE = "application/vnd.jupyter.widget-state+json"
PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Widgets</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="widgets.css"><script defer src="widgets.js"></script>
<script type="{kind}">{state}</script></head>
<body style="max-width:47rem;margin:1rem auto"><main><h1>Widgets</h1>{places}
<p>Text after.</p></main></body></html>"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the system's, or Playwright's own."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**find_browser(playwright))
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window of a reader who has no network."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    yield opened
    opened.close()


def read_states(*widgets: Widget) -> dict[str, dict]:
    """The states of widgets and what they need, as a notebook holds them."""
    from ipywidgets.embed import embed_data

    # As in a notebook, and so through JSON: a page has nothing else.
    data = embed_data(views=list(widgets), drop_defaults=False)
    return json.loads(json.dumps(data["manager_state"]["state"]))


def write_page(folder: Path, states: dict[str, dict], shown: list[str]) -> Path:
    """Write a page with widgets as the book's pages have them, to be opened from its folder."""
    for name in ("labhelpers/insight/widgets/widgets.css", "book/static/widgets.js"):
        shutil.copy(ROOT / name, folder)
    text = json.dumps({"version_major": 2, "version_minor": 0, "state": states})
    text = text.replace("</script>", r"<\/script>")
    places = "".join(draw_place(name, states[name]["state"]) for name in shown)
    page = folder / "page.html"
    page.write_text(PAGE.format(kind=STATE, state=text, places=places), encoding="utf-8")
    return page


@pytest.fixture
def open_widget(context: BrowserContext, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a widget in a page of its own, from a folder; the test fails on any error in it.

    `change(state)` may spoil what the notebook would hold before the page is written.
    """
    errors: list[str] = []

    def open_one(widget: Widget, change: Callable[[dict], object] | None = None) -> Page:
        states = read_states(widget)
        if change is not None:
            change(states[widget.model_id])
        address = write_page(tmp_path, states, [widget.model_id]).as_uri()
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.wait_for_function("document.querySelector('.labs-widget[data-ready]')")
        if change is None:
            assert page.locator(".labs-sorry").all_inner_texts() == []
        return page

    yield open_one
    assert not errors
