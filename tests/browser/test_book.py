"""Every page of the book in a real browser: from a server and from a folder, with no network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from reading import move_controls

# The theme's script asks for the live-code library, which this book does not have.
ALLOWED_ERRORS = ("THEBE",)
WIDTHS = (375, 1280)
# What canvases show; a widget without any writes its result.
PAINTED = """(place) =>
  Array.from(place.querySelectorAll("canvas"), (one) => one.toDataURL()).join()
  || place.querySelector(".labs-told").textContent"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture(scope="module")
def served(book) -> Iterator[str]:
    """The book's address on a server of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=book.html)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def open_and_listen(context, address: str, site: str) -> tuple[object, list[str]]:
    """Open a page, and note what goes wrong in it and what it asks of others."""
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on(
        "request",
        lambda request: (
            wrong.append(f"asks {request.url}") if is_other(request.url, site) else None
        ),
    )
    page.on("requestfailed", lambda request: wrong.append(f"lacks {request.url}"))
    page.goto(address, wait_until="load")
    page.wait_for_function("!document.querySelector('.labs-widget:not([data-ready])')")
    return page, wrong


def is_repainted(place, before):
    for _ in range(50):  # a network of many layers takes its time on a busy machine
        place.page.wait_for_timeout(100)
        if place.evaluate(PAINTED) != before:
            return True
    return False


def is_other(address: str, site: str) -> bool:
    return not address.startswith((site, "data:", "blob:", "about:"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("way", ["http", "file"])
def test_every_page_is_whole_without_a_network(browser, pages, served, book, way, theme):
    site = served if way == "http" else book.html.as_uri() + "/"
    context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900})
    found = []
    for page in pages:
        opened, wrong = open_and_listen(context, site + page.name, site)
        if opened.locator(".labs-sorry").count():
            wrong.append(opened.locator(".labs-sorry").first.inner_text())
        for width in WIDTHS:
            opened.set_viewport_size({"width": width, "height": 900})
            wide = opened.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                wrong.append(f"is {wide} px wide on a screen of {width} px")
        found += [f"{page.name}: {one}" for one in wrong if not one.endswith(ALLOWED_ERRORS)]
        opened.close()
    context.close()
    assert found == []


def test_every_widget_of_the_book_comes_alive_where_it_stands(browser, pages, book):
    context = browser.new_context(offline=True, viewport={"width": 375, "height": 800})
    alive = 0
    for page in pages:
        if not page.soup.select(".labs-widget"):
            continue
        opened, _ = open_and_listen(context, page.path.as_uri(), book.html.as_uri())
        for place in opened.locator(".labs-widget").all():
            heights = [
                place.locator(inside).bounding_box()["height"]
                for inside in (".labs-live", ".labs-frame")
            ]
            assert heights[0] <= heights[1], f"{page.name}: {heights}"
            before = place.evaluate(PAINTED)
            # A pen's width, for one, shows in the next stroke only: so any control will do.
            assert any(is_repainted(place, before) for _ in move_controls(place)), page.name
            alive += 1
        opened.close()
    context.close()
    assert alive >= 1


def test_a_chapter_with_widgets_is_light_and_quick(browser, pages, served):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for page in pages:
        if not page.soup.select(".labs-widget"):
            continue
        opened = context.new_page()
        sizes = []
        opened.on("response", lambda response, sizes=sizes: sizes.append(len(response.body())))
        opened.goto(served + page.name, wait_until="load")
        opened.wait_for_function("document.querySelector('.labs-widget[data-ready]')")
        opened.wait_for_load_state("networkidle")
        assert sum(sizes) < 3_000_000, f"{page.name}: {sum(sizes):,} bytes"
        opened.close()
    context.close()


def test_pages_read_well_without_javascript(browser, written, book):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    for page in written:
        opened = context.new_page()
        opened.goto(page.path.as_uri())
        text = opened.locator("article").inner_text()
        assert len(text) > 0.4 * len(page.article.get_text(" ", strip=True)), page.name
        assert opened.get_by_role("heading", level=1).first.is_visible()
        for still in opened.locator(".labs-still").all():
            assert still.is_visible()
        for place in opened.locator(".labs-live").all():
            assert place.is_hidden()
        opened.close()
    context.close()
    assert Path(book.html / "index.html").is_file()
