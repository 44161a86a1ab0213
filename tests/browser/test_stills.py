"""What stands in place of a widget: in print, without scripts; and what does not move."""

from __future__ import annotations

import re

import pytest
from reading import move_controls

# Of the article: the theme's own bars settle when their icons have come.
SHIFTS = """window.moved = [];
const inside = ({ node }) => (node?.closest ? node : node?.parentElement)?.closest("article");
const note = (entry) => moved.push(
  ...entry.sources.filter(inside).map(({ node }) => node.textContent));
new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture
def with_widgets(pages):
    found = [page for page in pages if page.soup.select(".labs-widget")]
    assert found
    return found


def read_stills(page):
    """Of each widget's place: whether the picture shows, what it says, how large it is."""
    return [
        (
            still.is_visible(),
            still.locator("svg[role=img], img").first.get_attribute("aria-label")
            or still.locator("img").first.get_attribute("alt"),
            still.bounding_box(),
        )
        for still in page.locator(".labs-still").all()
    ]


@pytest.mark.parametrize("width", [375, 794])
def test_print_shows_a_still_picture_of_every_widget(browser, with_widgets, width):
    context = browser.new_context(viewport={"width": width, "height": 1123}, offline=True)
    page = context.new_page()
    for one in with_widgets:
        page.goto(one.path.as_uri())
        page.wait_for_function("!document.querySelector('.labs-widget:not([data-ready])')")
        page.emulate_media(media="print")
        stills = read_stills(page)
        assert len(stills) == len(one.soup.select(".labs-widget"))
        for visible, said, box in stills:
            assert visible, one.name
            assert len(said) > 60
            assert box["width"] <= width
            assert box["height"] > 60
        for live in page.locator(".labs-live").all():
            assert live.is_hidden()
        page.emulate_media(media="screen")
    context.close()


def test_a_blocker_of_scripts_leaves_pictures_and_words(browser, with_widgets):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.route(re.compile(r"\.js(\?|$)"), lambda route: route.abort())
    page, blocked = context.new_page(), []
    page.on("requestfailed", lambda request: blocked.append(request.url))
    for one in with_widgets:
        page.goto(one.path.as_uri())
        stills = read_stills(page)
        assert stills
        for visible, said, _ in stills:
            assert visible, one.name
            assert len(said) > 60
    context.close()
    assert any("/widgets.js" in address for address in blocked)

    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for one in with_widgets:
        page.goto(one.path.as_uri())
        assert all(visible for visible, _, _ in read_stills(page))
        words = page.locator(".labs-still figcaption").all_inner_texts()
        assert len(words) == len(one.soup.select(".labs-widget"))
        assert all("with JavaScript, you can move it" in text for text in words)
        assert all(len(text) > 100 for text in words)
    context.close()


FINISHED = """![...document.querySelectorAll(".labs-widget :is(p, td)")].some(
    (text) => text.textContent === "\N{HORIZONTAL ELLIPSIS}")"""


def test_nothing_moves_by_itself(browser, with_widgets):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    for one in with_widgets:
        page.goto(one.path.as_uri())
        page.wait_for_function("!document.querySelector('.labs-widget:not([data-ready])')")
        # What a widget works out when it appears, such as where an answer turns, is then there.
        page.wait_for_function(FINISHED)
        page.wait_for_timeout(300)
        places = page.locator(".labs-widget").all()
        before = [place.screenshot() for place in places]
        page.wait_for_timeout(700)
        assert [place.screenshot() for place in places] == before, one.name
        assert page.evaluate("document.getAnimations().length") == 0
        next(move_controls(places[0]))
        page.wait_for_function(FINISHED)
        page.wait_for_timeout(300)
        assert page.evaluate("document.getAnimations().length") == 0
        assert places[0].screenshot() != before[0]
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_while_a_page_loads(browser, with_widgets, width, theme):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, offline=True
    )
    context.add_init_script(SHIFTS)
    page = context.new_page()
    for one in with_widgets:
        page.goto(one.path.as_uri())
        page.wait_for_function("!document.querySelector('.labs-widget:not([data-ready])')")
        page.wait_for_timeout(500)
        assert page.evaluate("moved") == [], one.name
    context.close()


def test_the_theme_a_reader_chose_holds(browser, with_widgets):
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    themes = []
    page.goto(with_widgets[0].path.as_uri())
    for _ in range(2):
        themes.append(page.evaluate("document.documentElement.dataset.theme"))
        page.evaluate("localStorage.setItem('mode', 'dark')")
        page.reload()
    themes.append(page.evaluate("document.documentElement.dataset.theme"))
    context.close()
    assert themes == ["light", "dark", "dark"]
