"""The book, built strictly once for all tests of its pages, and read as a browser would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parents[2]
BUILD = "from jupyter_book.cli.main import main; main()"


@dataclass(frozen=True)
class Build:
    """What came of building a book."""

    returncode: int
    log: str
    html: Path


@dataclass(frozen=True)
class Page:
    """One built page."""

    path: Path
    site: Path

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.path.read_text(encoding="utf-8"), "html.parser")

    @property
    def name(self) -> str:
        return self.path.relative_to(self.site).as_posix()

    @cached_property
    def anchors(self) -> set[str]:
        return {str(tag["id"]) for tag in self.soup.find_all(id=True)}

    @property
    def article(self) -> Tag:
        article = self.soup.find("article")
        assert isinstance(article, Tag), f"{self.name} has no article"
        return article

    def resolve(self, address: str) -> tuple[Path, str]:
        """The file and the anchor that a relative address names."""
        parts = urlsplit(address)
        path = unquote(parts.path)
        if path.startswith("/"):
            return self.site / path.lstrip("/"), unquote(parts.fragment)
        target = (self.path.parent / path).resolve() if path else self.path
        return target, unquote(parts.fragment)


def is_outside(address: str) -> bool:
    """Whether an address leaves the site."""
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def build_book(source: Path, output: Path) -> Build:
    """Build a book as `labs book` does: strictly, and to the end."""
    command = [sys.executable, "-c", BUILD, "build", str(source), "--path-output", str(output)]
    # Not in the source folder, whose `labhelpers` would hide the installed one.
    done = subprocess.run(
        [*command, "-n", "-W", "--keep-going"], cwd=output, capture_output=True, text=True
    )
    return Build(done.returncode, done.stdout + done.stderr, output / "_build" / "html")


@pytest.fixture(scope="session")
def build() -> Callable[[Path, Path], Build]:
    return build_book


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The book as it stands in the checkout."""
    return build_book(ROOT, tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="session")
def pages(book: Build) -> list[Page]:
    """Every page a reader can open, in the order of their names."""
    assert book.returncode == 0, book.log[-4000:]
    found = sorted(book.html.rglob("*.html"))
    return [Page(path, book.html) for path in found if "_static" not in path.parts]


@pytest.fixture(scope="session")
def written(pages: list[Page]) -> list[Page]:
    """The pages that somebody wrote: those of `book/`, without search, index and redirect."""
    return [page for page in pages if page.name.startswith("book/")]


@pytest.fixture(scope="session")
def sources() -> list[Path]:
    """The Markdown pages and the text of the chapters."""
    found = [*(ROOT / "book/pages").glob("*.md"), *(ROOT / "book/chapters").glob("*.py")]
    assert found
    return sorted(found)


@pytest.fixture(scope="session")
def copy_of_book(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Make a copy of what git would hand to a stranger, to be changed and built."""

    def make_copy() -> Path:
        target = tmp_path_factory.mktemp("copy")
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            source = ROOT / name
            if source.is_file():
                copy = target / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(source.read_bytes())
        return target

    return make_copy
