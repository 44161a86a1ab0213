"""No page asks another site for anything: it works offline, and in years."""

import re

import pytest

ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)["']?(https?:|//)[^"')\s]*""")
LOADERS = {
    "script": "src",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "use": "href",
    "image": "href",
}
# `link` elements that only say something, and load nothing.
SAYING = {"canonical", "license", "next", "prev", "search", "index", "author"}


def test_pages_load_from_their_own_site_only(pages):
    outside = []
    for page in pages:
        for name, attribute in LOADERS.items():
            for tag in page.soup.find_all(name):
                address = str(tag.get(attribute) or "")
                if re.match(r"(https?:)?//", address):
                    outside.append(f"{page.name}: {name} {address}")
        for tag in page.soup.find_all("link"):
            address = str(tag.get("href") or "")
            if re.match(r"(https?:)?//", address) and not set(tag.get("rel", [])) & SAYING:
                outside.append(f"{page.name}: link {address}")
        for tag in page.soup.find_all("style"):
            outside += [f"{page.name}: style {m[0]}" for m in ADDRESS.finditer(tag.text)]
        for tag in page.soup.find_all(style=True):
            outside += [f"{page.name}: style {m[0]}" for m in ADDRESS.finditer(str(tag["style"]))]
    assert not outside


def test_style_sheets_load_from_their_own_site_only(book):
    sheets = sorted(book.html.rglob("*.css"))
    assert len(sheets) > 3
    outside = [
        f"{sheet.name}: {found[0]}"
        for sheet in sheets
        for found in ADDRESS.finditer(sheet.read_text(encoding="utf-8"))
    ]
    assert not outside


def test_no_page_loads_the_stock_widget_or_thebe_scripts(pages):
    scripts = {str(tag.get("src")) for page in pages for tag in page.soup.find_all("script")}
    text = " ".join(scripts | {tag.text for page in pages for tag in page.soup.find_all("script")})
    for name in ("require.js", "html-manager", "thebe", "cdn.", "unpkg", "jsdelivr"):
        assert name not in text


@pytest.mark.parametrize("name", ["tex-chtml.js", "output/chtml/fonts/woff-v2/MathJax_Zero.woff"])
def test_formulas_come_with_the_pages(book, pages, name):
    assert (book.html / "_static/mathjax" / name).stat().st_size > 0
    loader = re.compile(r"^[./]*_static/mathjax/tex-chtml\.js")
    loading = {page.name for page in pages if page.soup.find("script", src=loader)}
    # And with no others: it is as heavy as all the rest of a page.
    assert loading == {page.name for page in pages if page.soup.select("span.math, div.math")}
    assert loading
