"""Tables in notebooks, kept up to date with the results without running anything."""

import ast
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import nbformat

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.notebooks import write_notebook
from labhelpers.authoring.chapters.sources import find_chapters
from labhelpers.lesson.claim_table import draw_claims
from labhelpers.lesson.claims import CLAIMS_NAME, Judgement, judge_claims, load_claims
from labhelpers.lesson.ledger import Entry
from labhelpers.lesson.machine_table import Machine, draw_machines
from labhelpers.lesson.result_files import read_text


def refresh_claims(notebook: Any, judgements: Sequence[Judgement]) -> None:
    """Draws the tables of a notebook's cells that are one call of `show_claims` again.

    The notebook is changed in place. Cells without output stay so.
    """
    for cell in notebook.cells:
        if cell["cell_type"] != "code" or not cell["outputs"]:
            continue
        rows = find_claimed_rows(cell["source"])
        if rows is None:
            continue
        for out in cell["outputs"]:
            if "text/markdown" in out.get("data", {}):
                try:
                    out["data"].update(draw_claims(rows, judgements))
                except ValueError:  # no claim about such a row any more: running it will say so
                    continue


def find_claimed_rows(source: str) -> list[str] | None:
    """Returns the rows that a cell shows by `show_claims` and nothing else; else None."""
    try:
        body = ast.parse(source).body
        call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
        if not isinstance(call, ast.Call) or call.keywords:
            return None
        if not isinstance(call.func, ast.Name) or call.func.id != "show_claims":
            return None
        return [ast.literal_eval(argument) for argument in call.args]
    except (SyntaxError, ValueError):
        return None


def is_drawn(source: str) -> bool:
    """Says whether a cell is one call that shows a table of the results, drawn without a run."""
    return source.strip() == "show_machines()" or find_claimed_rows(source) is not None


def refresh_notebooks(
    checkout: Checkout, entries: Sequence[Entry], *, but: Collection[Path] = ()
) -> dict[Path, str]:
    """Draws the tables of all notebooks again.

    `entries` is the ledger as it is about to be written; the notebooks in `but` are left alone.
    Returns the new text of each notebook that changes.
    """
    judgements = judge_claims(load_claims(checkout.results / CLAIMS_NAME), entries)
    changed = {}
    for chapter in find_chapters(checkout):
        text = read_text(chapter.notebook)
        if chapter.notebook in but or text is None or "show_claims" not in text:
            continue
        notebook = nbformat.reads(text, as_version=4)
        refresh_claims(notebook, judgements)
        if write_notebook(notebook) != text:
            changed[chapter.notebook] = write_notebook(notebook)
    return changed


def refresh_machines(checkout: Checkout, machines: Sequence[Machine]) -> dict[Path, str]:
    """Draws the table of machines again, in cells that are one call of `show_machines`.

    `machines` is the table as it is about to be written. Returns the new text of each notebook that
    changes.
    """
    changed = {}
    for chapter in find_chapters(checkout):
        text = read_text(chapter.notebook)
        if text is None or "show_machines()" not in text:
            continue
        notebook = nbformat.reads(text, as_version=4)
        for cell in notebook.cells:
            if cell["cell_type"] == "code" and cell["source"].strip() == "show_machines()":
                for out in cell["outputs"]:
                    if "text/markdown" in out.get("data", {}):
                        out["data"].update(draw_machines(machines))
        if write_notebook(notebook) != text:
            changed[chapter.notebook] = write_notebook(notebook)
    return changed
