"""A finger on the small screen of a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PHONE = {"width": 375, "height": 800}


def drag_by_finger(page: Page, canvas: Locator, places: Sequence[tuple[float, float]]) -> None:
    """Put a finger on a canvas, move it, and lift it again; the page must not move along.

    `places` are shares of the canvas's width and height.
    """
    page.set_viewport_size(PHONE)
    canvas.scroll_into_view_if_needed()
    box, scrolled = canvas.bounding_box(), page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(places):
        at = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        kind = "touchMove" if number else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")
    assert page.evaluate("scrollY") == scrolled
