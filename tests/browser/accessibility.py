"""What keeps a page from readers with a screen reader, a keyboard or little sight."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import axe_playwright_python

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
# One rule more than axe goes by on its own: buttons are named by the words that they show.
#
# What holds nothing but marks without a meaning is folded meanwhile, since each element costs axe
# its time: code is one text, and the lines of a picture that has its words are away. Both come
# back. Of colours in there axe says nothing: `FIND_PALE` does.
RUN = """async () => {
  const meaning = /^(aria-|on)|^(role|tabindex|title|lang)$/;
  const plain = (tags) => (element) => element.matches(tags)
    && !element.getAttributeNames().some((name) => meaning.test(name));
  const marks = "g, defs, use, clipPath, path, line, polyline, polygon, rect, circle, ellipse, "
    + "text, tspan, image";
  const fold = (selector, tags, shown) => Array.from(document.querySelectorAll(selector))
    .filter((box) => Array.from(box.querySelectorAll("*")).every(plain(tags)))
    .map((box) => {
      const kept = Array.from(box.childNodes);
      box.replaceChildren(shown(box));
      return () => box.replaceChildren(...kept);
    });
  const unfold = [
    ...fold("pre", "span, code", (code) => code.textContent),
    ...fold("svg[role=img][aria-label]", marks, () => ""),
  ];
  const found = await axe.run(document, {
    resultTypes: ["violations"], rules: { "label-content-name-mismatch": { enabled: true } } });
  unfold.forEach((one) => one());
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}"""
# Too pale words of code and of tables, as WCAG counts contrast. Where a ground has a gradient, such
# as the shadows at the edges of what scrolls, axe leaves contrasts open: here the ground's own
# colour is taken.
FIND_PALE = """() => {
  const parse = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    if (!grounds.has(element)) {
      const { rgb, alpha } = parse(getComputedStyle(element).backgroundColor);
      grounds.set(element, alpha === 1 ? rgb : mix(rgb, alpha, ground(element.parentElement)));
    }
    return grounds.get(element);
  };
  const mix = (over, alpha, under) => over.map((one, k) => alpha * one + (1 - alpha) * under[k]);
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const hasWords = (element) => Array.from(element.childNodes).some(
    (node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const isPale = (element) => {
    const style = getComputedStyle(element), under = ground(element);
    const { rgb, alpha } = parse(style.color);
    const two = [luminance(mix(rgb, alpha, under)), luminance(under)];
    const contrast = (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    return contrast < (size >= 24 || (bold && size >= 18.66) ? 3 : 4.5);
  };
  return Array.from(document.querySelectorAll("pre, pre *, table *"))
    .filter((one) => hasWords(one) && one.checkVisibility() && isPale(one))
    .map((one) => `color-contrast: ${one.outerHTML.slice(0, 200)}`);
}"""


def find_faults(page: Page) -> list[str]:
    """What axe-core finds, and words of code and tables too pale; each with its element."""
    page.evaluate(AXE)
    return [*page.evaluate(RUN), *page.evaluate(FIND_PALE)[:1]]
