"""What every reader meets: titles, headings, text for pictures, and pages that are not heavy."""

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
import yaml
from bs4 import Tag

HASH = re.compile(r"[0-9a-f]{16,}")
# What a first visitor waits for, in bytes, formulas left out.
PAGE_LIMIT = 1_500_000
FRAME_LIMIT = 1_000_000


def test_pages_say_their_language_and_fit_small_screens(pages):
    for page in pages:
        assert page.soup.html["lang"] == "en-GB", page.name
        viewport = page.soup.find("meta", attrs={"name": "viewport"})
        assert isinstance(viewport, Tag), page.name
        assert "width=device-width" in str(viewport["content"])


def test_titles_are_there_and_differ(pages):
    titles = [page.soup.title.text.strip() for page in pages]
    assert all("Deep Learning Labs" in title for title in titles)
    assert len(set(titles)) == len(titles)


def test_headings_go_down_one_step_at_a_time(written):
    for page in written:
        levels = [int(tag.name[1]) for tag in page.article.find_all(re.compile(r"^h[1-6]$"))]
        assert levels.count(1) == 1, page.name
        assert levels[0] == 1, page.name
        steps = [later - earlier for earlier, later in pairwise(levels)]
        assert max(steps, default=0) <= 1, page.name


def test_pictures_have_a_text_that_says_something(pages):
    found = 0
    for page in pages:
        for picture in page.soup.find_all("img"):
            alt = picture.get("alt")
            assert alt is not None, f"{page.name}: {picture}"
            in_logo = picture.find_parent(class_="navbar-brand") is not None
            assert alt or in_logo, f"{page.name}: {picture}"
            assert not HASH.search(str(alt)), f"{page.name}: {alt}"
        for drawing in page.soup.find_all("svg"):
            if drawing.get("aria-hidden") == "true" or drawing.find_parent("svg"):
                continue
            assert drawing.get("role") == "img", f"{page.name}: {str(drawing)[:200]}"
            assert len(str(drawing.get("aria-label", ""))) > 20, page.name
            found += 1
    assert found >= 2


def test_skip_link_leads_to_the_text(written):
    for page in written:
        link = page.soup.select_one(".skip-link a")
        assert link is not None, page.name
        assert str(link["href"]).lstrip("#") in page.anchors


def test_tables_have_headings(written):
    for page in written:
        for table in page.article.find_all("table"):
            assert table.find("th"), f"{page.name}: {str(table)[:200]}"


def test_pages_are_light(pages, book):
    for page in pages:
        assert page.path.stat().st_size < PAGE_LIMIT, page.name
        frame = 0
        for tag in page.soup.find_all(["script", "link"]):
            address = str(tag.get("src") or tag.get("href") or "")
            if "mathjax" in address or not re.search(r"\.(js|css)(\?|$)", address):
                continue
            frame += page.resolve(urlsplit(address).path)[0].stat().st_size
        assert frame < FRAME_LIMIT, f"{page.name}: {frame:,} bytes of scripts and styles"


def test_the_table_of_contents_has_its_pages(book, pages):
    names = {page.name for page in pages}
    for page in ("start", "notation", "results", "api"):
        assert f"book/pages/{page}.html" in names


@pytest.fixture(scope="module")
def contents(copy_of_book):
    return yaml.safe_load((copy_of_book() / "_toc.yml").read_text(encoding="utf-8"))


def test_every_page_and_notebook_is_in_the_contents(contents, sources):
    listed = {contents["root"]}
    for part in contents["parts"]:
        listed |= {chapter["file"] for chapter in part["chapters"]}
    pages = {f"book/pages/{path.stem}" for path in sources if path.suffix == ".md"}
    chapters = {f"book/notebooks/{path.stem}" for path in sources if path.suffix == ".py"}
    assert listed == pages | chapters
