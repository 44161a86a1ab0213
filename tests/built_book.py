"""Building the book, and reading its pages as a browser would."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parents[1]
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
    """Build a book as `labs book build` does: strictly, and to the end."""
    command = [sys.executable, "-c", BUILD, "build", str(source), "--path-output", str(output)]
    # Not in the source folder, whose `labhelpers` would hide the installed one.
    done = subprocess.run(
        [*command, "-n", "-W", "--keep-going"], cwd=output, capture_output=True, text=True
    )
    return Build(done.returncode, done.stdout + done.stderr, output / "_build" / "html")
