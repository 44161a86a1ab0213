"""Numbers in prose are measured by a cell or filled from the ledger, never typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typed_numbers import find_typed_numbers

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import find_chapters, read_source

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = find_chapters(Checkout(ROOT))
PAGES = sorted((ROOT / "book" / "pages").glob("**/*.md"))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_no_number_is_typed_into_a_chapter(chapter):
    cells = [cell for cell in read_source(chapter) if cell["cell_type"] == "markdown"]
    assert cells
    assert [number for cell in cells for number in find_typed_numbers(cell["source"])] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_number_is_typed_into_a_page(page):
    assert find_typed_numbers(page.read_text(encoding="utf-8")) == []


def test_there_are_pages():
    assert PAGES


@pytest.mark.parametrize(
    "text",
    [
        "It reaches 97% of them.",
        "It reaches 97.5 %.",
        "About 3 per cent fail.",
        "The score is 0.971.",
        "| model | 0.971 |",
        "A fair price of $5. And 0.123 more, for $6.",
        "See `0.5` and then 0.123.",
        "<!-- a remark --> The score is 0.971.",
        "One paragraph <!-- quoted: a report -->\n\nAnother with 0.971.",
    ],
)
def test_a_typed_number_is_found(text):
    assert len(find_typed_numbers(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "In 2003, 60,000 images of 28 by 28 pixels; a rate of 0.01, or 0.9.",
        "`x = 0.9715` and ``a ` 0.123``",
        "```python\nx = 0.971\n```",
        "````{note}\n```\n0.971\n```\n97%\n````",
        "$x = 0.971$ and $$ y = 97\\% + 0.123 $$",
        "$$\nx = 0.971\n$$",
        "The report says 0.971. <!-- quoted: lab report on MNIST -->",
        "[arXiv:1412.6980](https://arxiv.org/abs/1412.6980) and https://example.org/0.971",
        "Ours is {{ ours.B2.test_score.mean }}.",
        "Version 3.11 or 2.19.0",
    ],
)
def test_what_is_not_a_typed_number_is_left_alone(text):
    assert find_typed_numbers(text) == []
