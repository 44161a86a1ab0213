"""Where the book's files are, and how they are written: whole or not at all."""

import contextlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from labhelpers.course.errors import UsageError

# Says to a chapter's kernel which ledger, claims and timings are meant, when it runs from a
# checkout and the package does not.
FILES_VARIABLE = "LABHELPERS_COURSE_FILES"


@dataclass(frozen=True)
class Checkout:
    """A copy of the book's repository.

    Attributes:
        root: The folder that holds pyproject.toml.
    """

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
    def course_files(self) -> Path:
        """Folder of the ledger, the claims and the timings."""
        return self.root / "labhelpers" / "course"


def find_checkout(start: Path | None = None) -> Checkout:
    """Finds the repository from a folder upward.

    Args:
        start: Where to look first; the current folder without.

    Returns:
        The nearest folder whose pyproject.toml has the project name `labhelpers`.

    Raises:
        UsageError: If no folder up to the root of the disk is one.
    """
    here = (start or Path.cwd()).resolve()
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


def find_course_files() -> Path:
    """Returns the folder of the ledger, the claims and the timings that a chapter reads."""
    chosen = os.environ.get(FILES_VARIABLE, "").strip()
    return Path(chosen) if chosen else Path(__file__).resolve().parent


def replace_files(contents: Mapping[Path, str]) -> None:
    """Writes files so that each is, at any moment, either the old one or the new one.

    All new contents are on disk before the first file is replaced. Files whose content does not
    change are left alone. Two processes that may write the same file hold `lock_files`.

    Args:
        contents: The new text of each file, in the order of replacing.
    """
    changed = {path: text for path, text in contents.items() if read_text(path) != text}
    parts = {path: path.with_name(f".{path.name}.part") for path in changed}
    try:
        for path, text in changed.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with parts[path].open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for path in changed:
            parts[path].replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def read_text(path: Path) -> str | None:
    """Reads a text file with its line endings as they are; None when it is not there."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def lock_files(checkout: Checkout) -> Iterator[None]:
    """Keeps other `labs` processes from writing results meanwhile; waits for them first.

    The lock is the system's own, so it ends with the process, however that ends.

    Args:
        checkout: The repository whose ledger and timings are to be changed.
    """
    checkout.build.mkdir(parents=True, exist_ok=True)
    with (checkout.build / ".results.lock").open("a+b") as file:
        _lock(file.fileno())
        try:
            yield
        finally:
            _unlock(file.fileno())


if os.name == "nt":

    def _lock(descriptor: int) -> None:
        import msvcrt

        while True:
            try:
                os.lseek(descriptor, 0, os.SEEK_SET)
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
                return
            except OSError:  # it gives up after ten seconds
                continue

    def _unlock(descriptor: int) -> None:
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _unlock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
