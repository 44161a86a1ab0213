"""The book's repository: where its files are, and who may write its results."""

import contextlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from labhelpers.lesson.book_error import UsageError


@dataclass(frozen=True)
class Checkout:
    """A copy of the book's repository; its root is the folder that holds pyproject.toml."""

    root: Path

    @property
    def chapters(self) -> Path:
        """Folder of the chapters' text."""
        return self.root / "book" / "chapters"

    @property
    def notebooks(self) -> Path:
        """Folder of the executed notebooks."""
        return self.root / "book" / "notebooks"

    @property
    def build(self) -> Path:
        """Folder of what is built, which git ignores."""
        return self.root / "_build"

    @property
    def results(self) -> Path:
        """Folder of the ledger, the claims and the timings."""
        return self.root / "labhelpers" / "lesson" / "results"


def find_checkout() -> Checkout:
    """Finds the nearest folder upward of the current one whose project's name is `labhelpers`."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        try:
            text = (folder / "pyproject.toml").read_text(encoding="utf-8")
            if tomllib.loads(text).get("project", {}).get("name") == "labhelpers":
                return Checkout(folder)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
    raise UsageError(
        f"{here} is not inside a copy of the book's repository: change into your clone of it first"
    )


@contextlib.contextmanager
def lock_files(checkout: Checkout) -> Iterator[None]:
    """Keeps other `labs` processes from writing results meanwhile; waits for them first."""
    checkout.build.mkdir(parents=True, exist_ok=True)
    with FileLock(checkout.build / ".results.lock"):
        yield
