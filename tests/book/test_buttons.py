"""Launch buttons: none without an address, and with one each leads to a file that exists."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from labhelpers.authoring.repository import published_address, repository_address

ADDRESS = "https://github.com/example/deep-learning-labs"
HOSTS = {"github.com", "colab.research.google.com", "mybinder.org"}


def set_address(folder, address):
    """Do what the comment in pyproject.toml says."""
    path = folder / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^Repository = .*\n", "", text)
    assert "[project.urls]\n" in text
    text = text.replace("[project.urls]\n", f'[project.urls]\nRepository = "{address}"\n')
    path.write_text(text, encoding="utf-8")


def outside_links(html):
    """The page each link stands on, and its address, for the hosts that buttons lead to."""
    for path in sorted((html / "book").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for address in re.findall(r'href="(https://[^"]+)"', text):
            if urlsplit(address).netloc in HOSTS:
                yield path, address.replace("&amp;", "&")


@pytest.fixture(scope="module")
def published(copy_of_book, build, tmp_path_factory):
    """A copy of the book with its address set, and what was built from it."""
    folder = copy_of_book()
    set_address(folder, ADDRESS)
    done = build(folder, tmp_path_factory.mktemp("published"))
    assert done.returncode == 0, done.log[-4000:]
    return folder, done.html


def test_without_an_address_no_button_leads_nowhere(book, copy_of_book):
    if repository_address(copy_of_book()) is None:
        # The first page names Colab's own address, where a reader may upload a notebook.
        buttons = {address for _, address in outside_links(book.html)}
        assert buttons <= {"https://colab.research.google.com"}


def test_every_notebook_has_its_buttons(published):
    folder, html = published
    notebooks = sorted((folder / "book/notebooks").glob("*.ipynb"))
    assert notebooks
    for notebook in notebooks:
        page = html / "book/notebooks" / f"{notebook.stem}.html"
        hosts = {urlsplit(address).netloc for path, address in outside_links(html) if path == page}
        assert hosts == HOSTS, notebook.name


def test_buttons_lead_to_files_that_exist(published):
    folder, html = published
    followed = 0
    for page, address in outside_links(html):
        parts = urlsplit(address)
        if parts.netloc == "colab.research.google.com":
            found = re.fullmatch(
                r"/github/example/deep-learning-labs/blob/main/(.+\.ipynb)", parts.path
            )
            if parts.path in {"", "/"}:
                continue
            assert found, address
            target = found[1]
        elif parts.netloc == "mybinder.org":
            assert parts.path == "/v2/gh/example/deep-learning-labs/main", address
            target = parse_qs(parts.query)["urlpath"][0].removeprefix("lab/tree/")
            assert (folder / "environment.yml").is_file()
        else:
            assert address.startswith(ADDRESS), address
            found = re.fullmatch(r"/(?:blob|edit|tree|raw)/main/(.*)", address[len(ADDRESS) :])
            if found is None:
                assert address[len(ADDRESS) :] in {"", "/issues", "/issues/new"}, address
                continue
            target = found[1]
        assert (folder / target).is_file(), f"{page.name}: {address}"
        followed += 1
    assert followed >= 2


def test_lost_readers_are_led_back_below_the_published_address(published):
    _, html = published
    text = (html / "404.html").read_text(encoding="utf-8")
    paths = re.findall(r'href="/deep-learning-labs/([^"]+)"', text)
    assert "book/pages/start.html" in paths
    assert len(paths) == len(re.findall(r"<a ", text))
    for path in paths:
        assert (html / path).is_file()


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("", None),
        ('Repository = "https://github.com/a/b"', "https://a.github.io/b/"),
        ('Repository = "https://github.com/a/a.github.io"', "https://a.github.io/"),
        ('Repository = "https://gitlab.com/a/b"', None),
        ('Documentation = "https://labs.example.org/book"', "https://labs.example.org/book/"),
    ],
)
def test_published_address_follows_from_the_project(tmp_path, urls, expected):
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "x"\n[project.urls]\n{urls}\n')
    assert published_address(tmp_path) == expected


@pytest.mark.parametrize("address", ["github.com/a/b", "http://github.com/a/b", "https://x.org/a"])
def test_an_address_that_is_none_says_what_one_looks_like(tmp_path, address):
    (tmp_path / "pyproject.toml").write_text(
        f'[project]\nname = "x"\n[project.urls]\nRepository = "{address}"\n'
    )
    with pytest.raises(ValueError, match="OWNER/NAME"):
        repository_address(tmp_path)
