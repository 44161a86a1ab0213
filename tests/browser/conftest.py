"""A real browser, the built book, and pages of single widgets for it to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsers import find_browser
from playwright.sync_api import sync_playwright
from widget_pages import read_states, write_page

if TYPE_CHECKING:
    from ipywidgets import Widget
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium: the system's, or Playwright's own.

    It is ended with each file: while it is there, Playwright's event loop runs in the main
    thread, where no other loop can start and no interrupt arrives.
    """
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**find_browser(playwright))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, in which a test runs a module of its own."""
    opened = browser.new_page()
    opened.goto("about:blank")
    yield opened
    opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window of a reader who has no network."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    yield opened
    opened.close()


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
