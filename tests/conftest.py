"""What tests of several rooms share."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from built_book import ROOT, Build, Page, build_book
from filelock import FileLock

from labhelpers.data import standins


@pytest.fixture(autouse=True)
def no_standins_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins as a fresh process does; a stand-in would mark all later figures."""
    monkeypatch.setattr(standins, "_used", [])


@pytest.fixture
def shown() -> "Iterator[_Bundles]":
    """The outputs that a notebook would show, each as its MIME bundle, in order."""
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    if not InteractiveShell.initialized():
        InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell = InteractiveShell.instance()
    before, shell.display_pub = shell.display_pub, CapturingDisplayPublisher()
    try:
        yield _Bundles(shell.display_pub.outputs)
    finally:
        shell.display_pub = before


class _Bundles:
    """A view on the captured outputs that holds their data only."""

    def __init__(self, outputs: list[dict]):
        self._outputs = outputs

    def __getitem__(self, index: int) -> dict[str, str]:
        return self._outputs[index]["data"]

    def __len__(self) -> int:
        return len(self._outputs)


@pytest.fixture(scope="session")
def build() -> Callable[[Path, Path], Build]:
    return build_book


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The book as it stands in the checkout, built once for all that test side by side."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return build_book(ROOT, tmp_path_factory.mktemp("book"))
    folder = tmp_path_factory.getbasetemp().parent / "book"
    with FileLock(f"{folder}.lock"):
        record = folder / "build.json"
        if not record.exists():
            folder.mkdir()
            built = build_book(ROOT, folder)
            record.write_text(json.dumps([built.returncode, built.log]), encoding="utf-8")
        returncode, log = json.loads(record.read_text(encoding="utf-8"))
    return Build(returncode, log, folder / "_build" / "html")


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
