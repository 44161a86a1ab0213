"""What a page hides at its right edge: code, tables and formulas wider than their place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDE, NARROW = 1280, 375
# Columns that a phone shows side by side without a choice between them.
FEW_COLUMNS = 3
TYPESET = "!window.MathJax || window.MathJax.startup.promise.then(() => true)"
# Shared by both widths. Boxes are compared with a pixel's tolerance: browsers round.
COMMON = """
const article = document.querySelector("article");
const seen = (element) => element.checkVisibility();
const all = (selector) => Array.from(article.querySelectorAll(selector)).filter(seen);
const told = (element) => element.textContent.trim().replace(/\\s+/g, " ").slice(0, 60);
const overflows = (box) => box.scrollWidth > box.clientWidth + 1;
// The boxes that an element may be scrolled in, itself first.
const boxes = (element) => {
  const found = [];
  for (let box = element; box && box !== article; box = box.parentElement) found.push(box);
  return found;
};
const scrolls = (element) => boxes(element).some(
  (box) => overflows(box) && getComputedStyle(box).overflowX !== "visible");
const leaves = (element) => {
  const place = element.parentElement.closest("p, li, dt, dd, td, th, h1, h2, h3, h4, div");
  return element.getBoundingClientRect().right > place.getBoundingClientRect().right + 1;
};
"""
FIND_WIDE = f"""() => {{ {COMMON}
  const cut = (element) => scrolls(element) || leaves(element);
  return [
    ...all("pre").filter(cut).map((one) => `code is cut off: ${{told(one)}}`),
    ...all("table").filter(cut).map((one) => `a table is cut off: ${{told(one)}}`),
  ];
}}"""
FIND_NARROW = f"""() => {{ {COMMON}
  // The part of the page in which a cell can be seen without scrolling sideways.
  const view = (element) => {{
    let left = 0, right = document.documentElement.clientWidth;
    for (const box of boxes(element)) {{
      if (getComputedStyle(box).overflowX === "visible") continue;
      const edge = box.getBoundingClientRect().left + box.clientLeft;
      left = Math.max(left, edge);
      right = Math.min(right, edge + box.clientWidth);
    }}
    return [left, right];
  }};
  const words = (cell) => {{
    const range = document.createRange();
    range.selectNodeContents(cell);
    return range.getBoundingClientRect();
  }};
  const judge = (table) => {{
    const columns = Math.max(...Array.from(table.rows, (row) => row.cells.length));
    const marked = table.tHead?.querySelector(".decisive");
    if (!marked) {{
      if (columns > {FEW_COLUMNS}) return [`none of ${{columns}} columns is decisive`];
      return scrolls(table) ? ["it is cut off, and no column is decisive"] : [];
    }}
    const wrong = new Set();
    for (const row of table.rows) {{
      const cell = Array.from(row.cells).find((one) => one.matches(".decisive, :has(.decisive)"));
      if (!cell) {{ wrong.add("a row lacks its decisive cell"); continue; }}
      const [left, right] = view(cell.parentElement);
      const place = cell.getBoundingClientRect();
      const fits = (box) => box.left >= left - 1 && box.right <= right + 1;
      if (!fits(place) || !fits(words(cell)))
        wrong.add("the decisive column is out of view");
      else if (cell !== row.cells[0] && words(row.cells[0]).right > place.left + 1)
        wrong.add("the decisive column lies on the first");
    }}
    return [...wrong];
  }};
  // Within a line or a block of its own; in a table, the table's own rule holds.
  const hidden = (formula) => formula.matches("[display=true]")
    ? scrolls(formula) || leaves(formula) : !formula.closest("table") && leaves(formula);
  return [
    ...all("table").flatMap((one) => judge(one).map((wrong) => `${{wrong}}: ${{told(one)}}`)),
    ...all("mjx-container").filter(hidden).map((one) => `a formula is cut off: ${{told(one)}}`),
  ];
}}"""


def find_hidden(page: Page, path: Path) -> list[str]:
    """Open a page on a phone's screen, then widen it to a desktop's, and look at both.

    In this order, since formulas are set for the width that a page is opened with.

    Returns:
        What a reader would have to scroll sideways for, each after the width of the screen.
    """
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.goto(path.as_uri())
    page.wait_for_function(TYPESET)
    found = [f"{NARROW} px: {one}" for one in page.evaluate(FIND_NARROW)]
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found + [f"{WIDE} px: {one}" for one in page.evaluate(FIND_WIDE)]
