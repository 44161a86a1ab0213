"""Every link of every page leads somewhere."""

from urllib.parse import urlsplit

from bs4 import Tag

# Where the book sends its readers. A new name here is a decision, not an accident.
OUTSIDE = {
    "arxiv.org",
    "colab.research.google.com",
    "creativecommons.org",
    "doi.org",
    "github.com",
    "jmlr.org",
    "keepachangelog.com",
    "keras.io",
    "numpy.org",
    "proceedings.mlr.press",
    "www.cs.toronto.edu",
    "www.deeplearningbook.org",
    "yann.lecun.com",
}


def links(page):
    for tag in page.soup.find_all(["a", "link", "img", "script", "source", "iframe"]):
        address = tag.get("href") or tag.get("src")
        if address:
            yield tag, address


def test_the_book_builds_strictly(book):
    assert book.returncode == 0, book.log[-4000:]
    assert (book.html / "index.html").is_file()


def test_inside_links_lead_to_a_file_and_an_anchor(pages):
    by_path = {page.path: page for page in pages}
    followed, broken = 0, []
    for page in pages:
        for _, address in links(page):
            if urlsplit(address).scheme or address == "#":
                continue
            path, anchor = page.resolve(address)
            followed += 1
            if not path.is_file():
                broken.append(f"{page.name}: {address}: no such file")
            elif anchor and path in by_path and anchor not in by_path[path].anchors:
                broken.append(f"{page.name}: {address}: no such anchor")
    assert not broken
    assert followed > 100


def test_outside_links_are_https_and_go_where_we_mean(pages):
    wrong = []
    for page in pages:
        for tag, address in links(page):
            parts = urlsplit(address)
            if not parts.scheme or parts.scheme in {"data", "mailto"}:
                continue
            if tag.name == "a" and parts.scheme == "https" and parts.netloc in OUTSIDE:
                continue
            wrong.append(f"{page.name}: {tag.name} {address}")
    assert not wrong


def test_every_page_can_be_reached_from_the_first(pages):
    by_path = {page.path: page for page in pages}
    start = next(page for page in pages if page.name == "index.html")
    reached, waiting = set(), [start.path]
    while waiting:
        path = waiting.pop()
        if path in reached or path not in by_path:
            continue
        reached.add(path)
        for _, address in links(by_path[path]):
            if not urlsplit(address).scheme:
                waiting.append(by_path[path].resolve(address)[0])
    # Nobody links to the page for what is not there, nor to the index, which is the start.
    alone = {page.name for page in pages if page.path not in reached}
    assert alone <= {"404.html", "genindex.html", "py-modindex.html", "search.html"}


def test_the_index_leads_to_the_first_page(pages):
    index = next(page for page in pages if page.name == "index.html")
    refresh = index.soup.find("meta", attrs={"http-equiv": "refresh"})
    assert isinstance(refresh, Tag)
    target = str(refresh["content"]).split("url=")[1]
    assert index.resolve(target)[0].is_file()
    assert index.soup.find("a", href=target) is not None
