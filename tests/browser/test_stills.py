"""What stands in place of a widget: in print, without scripts; and what does not move."""

from __future__ import annotations

import re

import pytest
from reading import move_controls, read_stills


@pytest.fixture
def with_widgets(pages):
    found = [page for page in pages if page.soup.select(".labs-widget")]
    assert found
    return found


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
