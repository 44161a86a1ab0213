"""From a chapter's text to its notebook, one way."""

import hashlib
from pathlib import Path
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.authoring.chapters.drawn_tables import refresh_claims
from labhelpers.authoring.chapters.setup_cell import place_setup_code, write_setup_code
from labhelpers.authoring.chapters.sources import Chapter, find_tags, read_source
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.claims import judge_all
from labhelpers.lesson.result_files import read_text, replace_files

# Nothing of the machine that wrote it: the same text gives the same notebook everywhere.
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}


def sync_chapter(checkout: Checkout, chapter: Chapter, *, write: bool = True) -> list[str]:
    """Brings a chapter's setup cell and notebook in step with its text.

    Outputs of code cells stay up to the first whose code has changed, and are cleared from there
    on: what follows may depend on it. Tables of claims are drawn from the ledger again.

    Args:
        checkout: The repository.
        chapter: The chapter.
        write: Whether to write the files, or only to say which differ.

    Returns:
        A sentence for each file that differed.
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
    refresh_claims(new, judge_all(checkout.results))
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


def parse_notebook(chapter: Chapter, text: str) -> Any:
    """Reads the text of a chapter's notebook.

    Args:
        chapter: The chapter.
        text: The notebook, as JSON.

    Raises:
        BookError: If it is no notebook.
    """
    import nbformat

    try:
        return nbformat.reads(text, as_version=4)
    except Exception:  # of many kinds, by what is broken
        raise BookError(
            f"{chapter.notebook.name} is not a notebook, perhaps after a merge: take it as git has "
            "it, or delete it and execute the chapter again"
        ) from None


def make_notebook(chapter: Chapter, *, text: str | None = None) -> Any:
    """Makes a chapter's notebook from its text, without outputs.

    Args:
        chapter: The chapter.
        text: Its text, where it is not that of its file.

    Returns:
        The notebook. A cell's id follows from its content, so that it survives edits elsewhere.
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    notebook = new_notebook(metadata=_copy(_METADATA))
    seen: dict[str, int] = {}
    for cell in read_source(chapter, text=text):
        metadata = _describe_cell(cell)
        kind = new_code_cell if cell["cell_type"] == "code" else new_markdown_cell
        digest = hashlib.sha256(f"{cell['cell_type']}\n{cell['source']}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        identity = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        notebook.cells.append(kind(cell["source"], metadata=metadata, id=identity))
    return notebook


def keep_outputs(new: Any, old: Any) -> int:
    """Keeps the outputs of an older notebook that are still those of a newer one's code.

    Args:
        new: The newer notebook; changed in place.
        old: The older one.

    Returns:
        Number of cells whose outputs were lost.
    """
    for name in ("labhelpers", "widgets"):
        if name in old.metadata:
            new.metadata[name] = old.metadata[name]
    fresh, stored = _list_code(new), _list_code(old)
    kept = 0
    for cell, before in zip(fresh, stored, strict=False):
        if cell["source"].rstrip() != before["source"].rstrip():
            break
        cell["outputs"] = before["outputs"]
        cell["execution_count"] = before["execution_count"]
        kept += 1
    return sum(bool(cell["outputs"]) for cell in stored[kept:])


def write_notebook(notebook: Any) -> str:
    """Writes a notebook as text, the same for the same notebook.

    Args:
        notebook: The notebook.

    Returns:
        Its JSON with sorted keys, characters as they are, and a line end at its end.
    """
    import nbformat

    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def _list_code(notebook: Any) -> list[Any]:
    return [c for c in notebook.cells if c["cell_type"] == "code" and "setup" not in find_tags(c)]


def _describe_cell(cell: Any) -> dict[str, Any]:
    """Returns a cell's metadata: its tags, and what folds it in Colab and in JupyterLab."""
    tags = list(cell["metadata"].get("tags", ()))
    metadata: dict[str, Any] = {}
    if "setup" in tags and "hide-cell" not in tags:
        tags.append("hide-cell")  # of no use to who reads the page
    if any(tag in ("hide-input", "hide-cell") for tag in tags):
        metadata = {"cellView": "form", "jupyter": {"source_hidden": True}}
    return {**metadata, "tags": tags} if tags else metadata


def _copy(metadata: dict[str, Any]) -> dict[str, Any]:
    return {name: dict(value) for name, value in metadata.items()}
