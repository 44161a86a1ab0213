"""From a chapter's text to its notebook, one way."""

from pathlib import Path
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.authoring.chapters.drawn_tables import draw_tables
from labhelpers.authoring.chapters.notebooks import make_notebook, parse_notebook, write_notebook
from labhelpers.authoring.chapters.setup_cell import place_setup_code, write_setup_code
from labhelpers.authoring.chapters.sources import Chapter, list_code
from labhelpers.lesson.result_files import read_text, replace_files


def sync_chapter(checkout: Checkout, chapter: Chapter, *, write: bool = True) -> list[str]:
    """Brings a chapter's setup cell and notebook in step with its text.

    Outputs of code cells stay up to the first whose code has changed, and are cleared from there
    on: what follows may depend on it. Tables of results are drawn again.

    Returns a sentence for each file that differed; without `write`, no file is written.
    """
    if not write:
        return _list_changes(checkout, chapter)[0]
    with lock_files(checkout):
        changes, contents = _list_changes(checkout, chapter)
        replace_files(contents)
    return changes


def _list_changes(checkout: Checkout, chapter: Chapter) -> tuple[list[str], dict[Path, str]]:
    """Returns what differs, as sentences and as the new text of files."""
    text = chapter.source.read_bytes().decode("utf-8").replace("\r\n", "\n")
    placed = place_setup_code(text, write_setup_code(checkout.root))
    old_text = read_text(chapter.notebook)
    old = parse_notebook(chapter, old_text) if old_text is not None else None
    new = make_notebook(chapter, text=placed)
    cleared = keep_outputs(new, old) if old is not None else 0
    draw_tables(checkout, new)
    new_text = write_notebook(new)
    changes = []
    if placed != text:
        changes.append(f"{chapter.source.name}: setup cell")
    if new_text != old_text:
        what = "new" if old is None else "brought in step"
        if cleared:
            what += f", {cleared} outputs cleared" if cleared > 1 else ", one output cleared"
        changes.append(f"{chapter.notebook.name}: {what}")
    wanted = {chapter.source: (text, placed), chapter.notebook: (old_text, new_text)}
    return changes, {path: new for path, (old, new) in wanted.items() if new != old}


def keep_outputs(new: Any, old: Any) -> int:
    """Moves outputs of the same code into a newer notebook; returns how many cells lost theirs."""
    for name in ("labhelpers", "widgets"):
        if name in old.metadata:
            new.metadata[name] = old.metadata[name]
    fresh, stored = list_code(new.cells), list_code(old.cells)
    kept = 0
    for cell, before in zip(fresh, stored, strict=False):
        if cell["source"].rstrip() != before["source"].rstrip():
            break
        cell["outputs"] = before["outputs"]
        cell["execution_count"] = before["execution_count"]
        kept += 1
    return sum(bool(cell["outputs"]) for cell in stored[kept:])
