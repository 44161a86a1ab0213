"""Reading chapters: their cells, tags, rows, and the hashes of their code."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.trust.hashing import hash_meaning
from labhelpers.lesson.book_error import UsageError

_FILE = re.compile(r"(\d+)_[a-z0-9_]+\.py")
_ROW_TAG = "row-"
# The cells, beside those of a row itself, that a row's measurement needs.
_SHARED = {"imports", "parameters"}
_APART = ("setup", "show", "quiz")


@dataclass(frozen=True)
class Chapter:
    """A chapter's two files, both with its name, such as "01_one_layer"."""

    name: str
    source: Path  # the text that people edit
    notebook: Path  # its executed pair

    @property
    def number(self) -> int:
        """The number that its name begins with."""
        return int(self.name.split("_")[0])


def find_chapters(checkout: Checkout) -> list[Chapter]:
    """Finds all chapters, in the order of their numbers."""
    sources = [path for path in checkout.chapters.glob("*.py") if _FILE.fullmatch(path.name)]
    found = [Chapter(p.stem, p, checkout.notebooks / f"{p.stem}.ipynb") for p in sources]
    return sorted(found, key=lambda chapter: (chapter.number, chapter.name))


def find_chapter(checkout: Checkout, wanted: str) -> Chapter:
    """Finds the chapter that somebody means.

    `wanted` is its number ("1", "01"), its name, the path of a file of it, or a part of the name
    that no other chapter has.
    """
    chapters = find_chapters(checkout)
    name = re.sub(r"\.(py|ipynb)$", "", re.split(r"[/\\]", wanted)[-1])
    if name.isdecimal():
        found = [chapter for chapter in chapters if chapter.number == int(name)]
    else:
        found = [chapter for chapter in chapters if chapter.name == name]
        found = found or [chapter for chapter in chapters if name and name in chapter.name]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(chapter.name for chapter in found)
        raise UsageError(f"{wanted!r} may be any of {names}: give the number")
    names = ", ".join(chapter.name for chapter in chapters) or "none"
    raise UsageError(f"there is no chapter {wanted!r}; there are: {names}")


def read_source(chapter: Chapter, *, text: str | None = None) -> list[Any]:
    """Reads the cells of a chapter's file, or of `text`, as jupytext gives them."""
    import jupytext  # of the extra `book`: a student who copies a chapter needs it not

    if text is None:
        text = chapter.source.read_text(encoding="utf-8")
    return jupytext.reads(text, fmt="py:percent").cells


def find_tags(cell: Any) -> set[str]:
    """Returns the tags of a cell."""
    return set(cell["metadata"].get("tags", ()))


def is_exercise(cell: Any, part: str) -> bool:
    """Says whether a cell is a part of an exercise: "stub", "check", "solution"."""
    return any(tag.startswith("exercise-") and tag.endswith(f"-{part}") for tag in find_tags(cell))


def is_answering(cell: Any) -> bool:
    """Says whether a cell only looks at a reader's answer: a check, or a question."""
    return "quiz" in find_tags(cell) or is_exercise(cell, "check")


def list_code(cells: Iterable[Any]) -> list[Any]:
    """Returns the code cells, but the setup cell."""
    return [c for c in cells if c["cell_type"] == "code" and "setup" not in find_tags(c)]


def find_cell_rows(cell: Any) -> set[str]:
    """Returns the rows that a cell measures, such as {"A1"}."""
    return {tag.removeprefix(_ROW_TAG) for tag in find_tags(cell) if tag.startswith(_ROW_TAG)}


def find_rows(cells: Iterable[Any]) -> list[str]:
    """Returns all rows that cells measure, in the order of their names."""
    rows = {row for cell in cells for row in find_cell_rows(cell)}
    return sorted(rows, key=lambda row: (row[0], int(re.sub(r"\D", "", row) or 0), row))


def pick_row_cells(cells: Iterable[Any], row: str) -> list[Any]:
    """Picks, of all cells of a chapter, the code cells that make a row's numbers.

    They are those without a tag of the book's, those tagged `imports` or `parameters`, and the
    row's own.
    """
    picked = []
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        tags, rows = find_tags(cell), find_cell_rows(cell)
        apart = any(tag in _APART or tag.startswith("exercise-") for tag in tags)
        if row in rows or (not rows and (tags & _SHARED or not apart)):
            picked.append(cell)
    return picked


def hash_row(cells: Iterable[Any], row: str) -> str:
    """Hashes the meaning of the code that makes a row's numbers in full: 16 hexadecimal digits."""
    source = "\n".join(cell["source"] for cell in pick_row_cells(cells, row))
    return hash_meaning(source)[:16]


def hash_rows(cells: Sequence[Any]) -> dict[str, str]:
    """Hashes the code of each row that cells measure."""
    return {row: hash_row(cells, row) for row in find_rows(cells)}


def hash_code(cells: Iterable[Any]) -> str:
    """Returns the SHA-256 of the code cells, but the setup cell, in hexadecimal."""
    digest = hashlib.sha256()
    for cell in list_code(cells):
        digest.update(cell["source"].rstrip().encode() + b"\0")
    return digest.hexdigest()
