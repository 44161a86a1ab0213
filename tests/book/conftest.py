"""What tests of the book's pages share, beside the built book itself."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from built_book import ROOT


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
