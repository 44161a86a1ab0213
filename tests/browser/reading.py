"""Reading back what a page shows."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

# Numbers leave a page as one text: Playwright takes apart and names each value of a list.
PACK = """const pack = (array) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    return btoa(text);
  };"""
PIXELS = f"""(canvas) => {{
  {PACK}
  return pack(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
}}"""


def unpack(text: str, kind: str) -> np.ndarray:
    """The numbers that a page has packed, as float64."""
    return np.frombuffer(base64.b64decode(text), kind).astype("float64")


def move_controls(widget: Locator) -> Iterator[None]:
    """Set the sliders, then the lists, one at a time, to their other ends."""
    for slider in widget.locator("input[type=range]:enabled").all():
        at_end = slider.input_value() == slider.get_attribute("max")
        slider.press("Home" if at_end else "End")
        yield
    for choice in widget.locator("select:enabled").all():
        last = choice.locator("option").count() - 1
        at_start = choice.evaluate("(list) => list.selectedIndex") == 0
        choice.select_option(index=last if at_start else 0)
        yield


def read_stills(page: Page) -> list[tuple[bool, str, dict]]:
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


def read_canvas(canvas: Locator) -> np.ndarray:
    """The colours of a canvas, (H, W, 4), from 0 to 255."""
    height, width = canvas.evaluate("(canvas) => [canvas.height, canvas.width]")
    return unpack(canvas.evaluate(PIXELS), "u1").reshape(height, width, 4)


def read_grey(canvas: Locator) -> np.ndarray:
    """The grey values of a canvas, (H, W), from 0 to 1."""
    return read_canvas(canvas)[..., 0] / 255


def draw_uniforms(seed: int, count: int) -> np.ndarray:
    """The page's uniform numbers (mulberry32), computed here."""
    steps = np.arange(1, count + 1, dtype="uint64")
    state = (seed + steps * 0x6D2B79F5) & 0xFFFFFFFF
    t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
    t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
    return ((t ^ (t >> 14)) / 2**32).astype("float32")


def add_noise(greys: np.ndarray, noise: float, *, seed: int) -> np.ndarray:
    """What the page makes of a clean picture (S, S) from 0 to 255: an image (1, S, S, 1)."""
    random = draw_uniforms(seed, greys.size).reshape(greys.shape)
    noisy = (greys + noise * random + noise) / (255 + 2 * noise)
    return noisy[None, ..., None].astype("float32")
