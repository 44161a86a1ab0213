"""Every page, in both themes, for readers with a screen reader, a keyboard or little sight."""

from __future__ import annotations

import pytest
from accessibility import find_faults


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible(browser, pages, theme):
    context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900})
    page, found = context.new_page(), []
    for one in pages:
        page.goto(one.path.as_uri())
        page.wait_for_function("!document.querySelector('.labs-widget:not([data-ready])')")
        if one.soup.find("article"):  # else a page that leads to another
            assert page.evaluate("document.documentElement.dataset.theme") == theme
        found += [f"{one.name}: {fault}" for fault in find_faults(page)]
    context.close()
    assert found == []


def test_a_chapter_is_accessible_on_a_small_screen(browser, written):
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    (one,) = [one for one in written if one.name.endswith("01_one_layer.html")]
    page.goto(one.path.as_uri())
    page.wait_for_function("!document.querySelector('.labs-widget:not([data-ready])')")
    assert find_faults(page) == []
    context.close()


def test_faults_are_found(browser):
    page = browser.new_page()
    page.set_content("<main><h1>Page</h1><button></button><p style='color:#ccc'>Pale</p></main>")
    faults = " ".join(find_faults(page))
    assert "button-name" in faults
    assert "color-contrast" in faults
    page.close()
