"""The page for lost readers is served at any depth, so it may lean on nothing near it."""


def page_404(pages):
    return next(page for page in pages if page.name == "404.html")


def test_it_needs_no_other_file(pages):
    soup = page_404(pages).soup
    assert not soup.find_all(["img", "iframe"])
    assert not soup.find_all("link")
    assert not [tag for tag in soup.find_all("script") if tag.get("src")]


def test_its_links_start_at_the_top_of_the_site_and_exist(pages):
    page = page_404(pages)
    assert len(page.soup.find_all("a")) >= 4
    for tag in page.soup.find_all("a"):
        assert str(tag["href"]).startswith("/")
        assert str(tag["href"]).endswith("/" + str(tag["data-path"]))
        assert (page.site / str(tag["data-path"])).is_file()


def test_it_offers_every_page_of_the_contents(pages, written):
    offered = {str(tag["data-path"]) for tag in page_404(pages).soup.find_all("a")}
    assert offered == {page.name for page in written}


def test_it_says_so_to_search_engines_and_readers(pages):
    page = page_404(pages)
    assert page.soup.find("meta", attrs={"name": "robots", "content": "noindex"})
    assert "no such page" in page.soup.h1.text.lower()
