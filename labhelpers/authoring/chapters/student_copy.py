"""Copies of chapters for a student to work in."""

import json
import re
from pathlib import Path

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import Chapter
from labhelpers.lesson.book_error import BookError, UsageError
from labhelpers.lesson.result_files import read_text, replace_files


def copy_chapter(checkout: Checkout, chapter: Chapter, *, name: str | None = None) -> Path:
    """Copies a chapter's notebook, without its outputs, into the folder `my`.

    The copy has the chapter's name where none is given; one that is there is never overwritten.
    """
    stem = re.sub(r"\.ipynb$", "", chapter.name if name is None else name)
    if not re.fullmatch(r"[^/\\:*?\"<>|.][^/\\:*?\"<>|]*", stem):
        raise UsageError(f"--again must be the name of a file, such as second_try, but is {name!r}")
    target = checkout.root / "my" / f"{stem}.ipynb"
    if target.exists():
        raise BookError(
            f"my/{target.name} is there already and stays as it is; "
            f"labs start {chapter.number:02} --again NAME makes another copy"
        )
    text = read_text(chapter.notebook)
    if text is None:
        raise BookError(f"{chapter.notebook.name} is not there yet: run labs book sync first")
    notebook = json.loads(text)
    notebook["metadata"].pop("labhelpers", None)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    replace_files({target: json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"})
    return target
