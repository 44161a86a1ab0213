"""What tests of several rooms share."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from built_book import ROOT, Build, Page, build_book
from fault_server import running
from filelock import FileLock
from small_books import SmallBook

from labhelpers.data.sets import standins
from labhelpers.lesson.exercises import _EXERCISES, list_exercises


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


VARIABLES = ("LABHELPERS_STANDIN", "LABHELPERS_PROFILE", "LABHELPERS_MIRROR")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty data folder, no stand-ins, no mirror, no proxy to this machine."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    folder = tmp_path / "data"
    monkeypatch.setenv("LABHELPERS_DATA", str(folder))
    return folder


@pytest.fixture
def system_temp(tmp_path, monkeypatch):
    """A folder for temporary files that all users may write, as the system's is."""
    folder = tmp_path / "temp"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def server():
    """A server on this machine that can go wrong."""
    with running() as server:
        yield server


@pytest.fixture
def exercises_put_back() -> Iterator[None]:
    """Takes a test's own exercises out of the registry again."""
    list_exercises()  # all are loaded now: none can come later and be lost
    before = dict(_EXERCISES)
    yield
    _EXERCISES.clear()
    _EXERCISES.update(before)


@pytest.fixture
def small_book(tmp_path: Path) -> SmallBook:
    """A book with one chapter, never executed."""
    book = SmallBook(tmp_path / "book")
    book.write("01_first")
    return book


@pytest.fixture(scope="session")
def executed_book(tmp_path_factory: pytest.TempPathFactory) -> SmallBook:
    """A book whose one chapter was executed in full, by the real command. Not to be changed."""
    book = SmallBook(tmp_path_factory.mktemp("executed") / "book")
    book.write("01_first")
    assert book.labs("book", "sync").returncode == 0
    done = book.labs("book", "run", LABHELPERS_PROFILE="smoke")
    assert done.returncode == 0, done.stderr
    return book


@pytest.fixture
def copied_book(executed_book: SmallBook, tmp_path: Path) -> SmallBook:
    """A copy of the executed book, to be changed."""
    copy = SmallBook(tmp_path / "copy")
    shutil.copytree(executed_book.root, copy.root, dirs_exist_ok=True)
    return copy
