"""Every page of the book in a real browser, each opened as few times as its tests allow.

Opening a page is what takes the time, so a walk opens it once and notes all that the tests ask:
in a light window as wide as a desk's and in a dark one as narrow as a phone's, both from a folder
and without a network; and once from a server.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from accessibility import find_faults
from reading import move_controls, read_stills

if TYPE_CHECKING:
    from built_book import Page as BuiltPage
    from playwright.sync_api import Page

# The theme's script asks for the live-code library, which this book does not have.
ALLOWED_ERRORS = ("THEBE",)
WIDE, NARROW, PAPER = 1280, 375, 794
# The theme, the width at which a page is loaded, and the one to which its window is then drawn.
WALKS = {"light": (WIDE, NARROW), "dark": (NARROW, WIDE)}
READY = "!document.querySelector('.labs-widget:not([data-ready])')"
# Of the article: the theme's own bars settle when their icons have come.
SHIFTS = """window.moved = [];
const inside = ({ node }) => (node?.closest ? node : node?.parentElement)?.closest("article");
const note = (entry) => moved.push(
  ...entry.sources.filter(inside).map(({ node }) => node.textContent));
new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({ type: "layout-shift", buffered: true });"""
# What canvases show; a widget without any writes its result.
PAINTED = """(place) =>
  Array.from(place.querySelectorAll("canvas"), (one) => one.toDataURL()).join()
  || place.querySelector(".labs-told").textContent"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments) -> None:
        pass


@dataclass
class Visit:
    """What one page showed in one window."""

    page: BuiltPage
    wrong: list[str]
    theme: str = ""
    moved: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    widths: dict[int, int] = field(default_factory=dict)
    stills: dict[int, list[tuple[bool, str, dict]]] = field(default_factory=dict)
    live_on_paper: int = 0
    sizes: list[int] = field(default_factory=list)

    @property
    def has_widgets(self) -> bool:
        return bool(self.page.soup.select(".labs-widget"))


@pytest.fixture(scope="module")
def served(book) -> Iterator[str]:
    """The book's address on a server of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=book.html)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def open_and_listen(opened: Page, page: BuiltPage, site: str) -> Visit:
    """Open a page, and note what goes wrong in it and what it asks of others."""
    visit = Visit(page, [])
    listeners: dict[str, Any] = {
        "pageerror": lambda error: visit.wrong.append(f"error: {error}"),
        "request": lambda request: (
            visit.wrong.append(f"asks {request.url}") if is_other(request.url, site) else None
        ),
        "requestfailed": lambda request: visit.wrong.append(f"lacks {request.url}"),
    }
    for event, listener in listeners.items():
        opened.on(event, listener)
    opened.goto(site + page.name, wait_until="load")
    opened.wait_for_function(READY)
    if opened.locator(".labs-sorry").count():
        visit.wrong.append(opened.locator(".labs-sorry").first.inner_text())
    for event, listener in listeners.items():
        opened.remove_listener(event, listener)
    visit.wrong = [one for one in visit.wrong if not one.endswith(ALLOWED_ERRORS)]
    return visit


def is_other(address: str, site: str) -> bool:
    return not address.startswith((site, "data:", "blob:", "about:"))


@pytest.fixture(scope="module", params=WALKS)
def walk(request, browser, pages, book) -> list[Visit]:
    """Visits to all pages, from a folder, in one theme."""
    widths = WALKS[request.param]
    context = browser.new_context(
        color_scheme=request.param, viewport={"width": widths[0], "height": 900}, offline=True
    )
    context.add_init_script(SHIFTS)
    opened, visits = context.new_page(), []
    for page in pages:
        opened.emulate_media(media="screen")
        opened.set_viewport_size({"width": widths[0], "height": 900})
        visit = open_and_listen(opened, page, book.html.as_uri() + "/")
        if visit.has_widgets:
            opened.wait_for_timeout(400)  # until what would come late has come
            visit.moved = opened.evaluate("moved")
        visit.theme = opened.evaluate("document.documentElement.dataset.theme")
        visit.faults = find_faults(opened)
        for width in widths:
            opened.set_viewport_size({"width": width, "height": 900})
            visit.widths[width] = opened.evaluate("document.documentElement.scrollWidth")
        if visit.has_widgets:
            opened.emulate_media(media="print")
            for width in (NARROW, PAPER):
                opened.set_viewport_size({"width": width, "height": 1123})
                visit.stills[width] = read_stills(opened)
            live = opened.locator(".labs-live").all()
            visit.live_on_paper = sum(place.is_visible() for place in live)
        visits.append(visit)
    context.close()
    return visits


def test_pages_are_whole_from_a_folder_without_a_network(walk):
    assert [f"{visit.page.name}: {one}" for visit in walk for one in visit.wrong] == []


def test_pages_fit_their_window(walk):
    assert [
        f"{visit.page.name} is {wide} px wide on a screen of {width} px"
        for visit in walk
        for width, wide in visit.widths.items()
        if wide > width
    ] == []


def test_pages_take_the_theme_of_the_system(walk, request):
    theme = request.node.callspec.params["walk"]
    with_text = [visit for visit in walk if visit.page.soup.find("article")]
    assert {visit.theme for visit in with_text} == {theme}


def test_pages_are_accessible(walk):
    """For readers with a screen reader, a keyboard or little sight."""
    assert [f"{visit.page.name}: {fault}" for visit in walk for fault in visit.faults] == []


def test_nothing_moves_while_a_page_with_widgets_loads(walk):
    assert [f"{visit.page.name}: {text}" for visit in walk for text in visit.moved] == []


def test_print_shows_a_still_picture_of_every_widget(walk):
    assert any(visit.has_widgets for visit in walk)
    for visit in walk:
        assert visit.live_on_paper == 0, visit.page.name
        for width, stills in visit.stills.items():
            assert len(stills) == len(visit.page.soup.select(".labs-widget"))
            for visible, said, box in stills:
                assert visible, visit.page.name
                assert len(said) > 60
                assert box["width"] <= width
                assert box["height"] > 60


def test_pages_from_a_server_are_whole_and_light(browser, pages, served):
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    found = []
    for page in pages:
        opened, sizes = context.new_page(), []
        opened.on("response", lambda response, sizes=sizes: sizes.append(len(response.body())))
        visit = open_and_listen(opened, page, served)
        if visit.has_widgets:
            opened.wait_for_load_state("networkidle")
            if sum(sizes) >= 3_000_000:
                visit.wrong.append(f"{sum(sizes):,} bytes")
        found += [f"{page.name}: {one}" for one in visit.wrong]
        opened.close()
    context.close()
    assert found == []


def is_repainted(place, before):
    for _ in range(50):  # a network of many layers takes its time on a busy machine
        place.page.wait_for_timeout(100)
        if place.evaluate(PAINTED) != before:
            return True
    return False


def test_every_widget_of_the_book_comes_alive_where_it_stands(browser, pages, book):
    context = browser.new_context(offline=True, viewport={"width": NARROW, "height": 800})
    opened, alive = context.new_page(), 0
    for page in pages:
        if not page.soup.select(".labs-widget"):
            continue
        open_and_listen(opened, page, book.html.as_uri() + "/")
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
    context.close()
    assert alive >= 1


def test_pages_read_well_without_javascript(browser, written, book):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": WIDE, "height": 900}
    )
    opened = context.new_page()
    for page in written:
        opened.goto(page.path.as_uri())
        text = opened.locator("article").inner_text()
        assert len(text) > 0.4 * len(page.article.get_text(" ", strip=True)), page.name
        assert opened.get_by_role("heading", level=1).first.is_visible()
        stills = read_stills(opened)
        assert all(visible for visible, _, _ in stills)
        for place in opened.locator(".labs-live").all():
            assert place.is_hidden()
        words = opened.locator(".labs-still figcaption").all_inner_texts()
        assert len(words) == len(stills) == len(page.soup.select(".labs-widget"))
        assert all("with JavaScript, you can move it" in text for text in words)
        assert all(len(text) > 100 for text in words)
    context.close()
    assert Path(book.html / "index.html").is_file()


def test_faults_are_found(browser):
    page = browser.new_page()
    page.set_content("<main><h1>Page</h1><button></button><p style='color:#ccc'>Pale</p></main>")
    faults = " ".join(find_faults(page))
    assert "button-name" in faults
    assert "color-contrast" in faults
    page.close()


# Styles of a word of code, before a gradient.
LEGIBLE = (
    "color:#767676",
    "color:#787878;font-size:24px",
    "color:#787878;font-size:19px;font-weight:700",
    "color:#000;background:rgb(0 0 0 / 40%)",
    "color:#ccc;display:none",
)
PALE = (
    "color:#787878",
    "color:#959595;font-size:24px",
    "color:rgb(0 0 0 / 50%)",
    "color:#000;background:#555",
)


def test_pale_words_of_code_are_found(browser):
    page = browser.new_page()

    def find_in(*styles):
        code = "".join(f"<span style='{style}'>word</span>" for style in styles)
        page.set_content(
            "<html lang='en'><title>A</title><main><h1>Page</h1>"
            f"<pre style='background:linear-gradient(red, blue) white'>{code}</pre></main></html>"
        )
        before = page.content()
        faults = find_faults(page)
        assert page.content() == before
        return faults

    assert find_in(*LEGIBLE) == []
    for style in PALE:
        (fault,) = find_in(style)
        assert fault.startswith(f'color-contrast: <span style="{style}"')
    page.close()
