"""A chapter's notebook: made from its text, read and written."""

import copy
import hashlib
import json
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from labhelpers.authoring.chapters.sources import Chapter, read_source
from labhelpers.lesson.book_error import BookError

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


def parse_notebook(chapter: Chapter, text: str) -> Any:
    """Reads the text of a chapter's notebook; raises BookError if it is none."""
    try:
        return nbformat.reads(text, as_version=4)
    except Exception:  # of many kinds, by what is broken
        raise BookError(
            f"{chapter.notebook.name} is not a notebook, perhaps after a merge: take it as git has "
            "it, or delete it and execute the chapter again"
        ) from None


def read_run(text: str | None) -> dict[str, Any]:
    """Reads what a notebook's text says of its run; nothing where it was never executed."""
    try:
        return dict(json.loads(text or "{}")["metadata"]["labhelpers"])
    except (ValueError, KeyError, TypeError):
        return {}


def make_notebook(chapter: Chapter, *, text: str | None = None) -> Any:
    """Makes a chapter's notebook without outputs, from its file or from `text`.

    A cell's id follows from its content, so that it survives edits elsewhere.
    """
    notebook = new_notebook(metadata=copy.deepcopy(_METADATA))
    seen: dict[str, int] = {}
    for cell in read_source(chapter, text=text):
        metadata = _describe_cell(cell)
        kind = new_code_cell if cell["cell_type"] == "code" else new_markdown_cell
        digest = hashlib.sha256(f"{cell['cell_type']}\n{cell['source']}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        identity = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        notebook.cells.append(kind(cell["source"], metadata=metadata, id=identity))
    return notebook


def write_notebook(notebook: Any) -> str:
    """Writes a notebook as text, the same for the same notebook."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def _describe_cell(cell: Any) -> dict[str, Any]:
    """Returns a cell's metadata: its tags, and what folds it in Colab and in JupyterLab."""
    tags = list(cell["metadata"].get("tags", ()))
    metadata: dict[str, Any] = {}
    if "setup" in tags and "hide-cell" not in tags:
        tags.append("hide-cell")  # of no use to who reads the page
    if any(tag in ("hide-input", "hide-cell") for tag in tags):
        metadata = {"cellView": "form", "jupyter": {"source_hidden": True}}
    return {**metadata, "tags": tags} if tags else metadata
