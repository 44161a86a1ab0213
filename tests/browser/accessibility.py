"""What keeps a page from readers with a screen reader, a keyboard or little sight."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import axe_playwright_python

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
# One rule more than axe goes by on its own: buttons are named by the words that they show.
RUN = """async () => (await axe.run(document, {
  resultTypes: ["violations"], rules: { "label-content-name-mismatch": { enabled: true } } })
).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`)"""


def find_faults(page: Page) -> list[str]:
    """What axe-core finds, each with the element that has the fault."""
    page.evaluate(AXE)
    return page.evaluate(RUN)
