"""Tables of the results in notebooks, drawn without a run, and written with the results."""

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.notebooks import write_notebook
from labhelpers.authoring.chapters.sources import find_chapters
from labhelpers.lesson.claim_table import draw_claims
from labhelpers.lesson.claims import CLAIMS_NAME, judge_claims, load_claims
from labhelpers.lesson.ledger import LEDGER_NAME, Entry, read_ledger, write_ledger
from labhelpers.lesson.machine_table import (
    MACHINES_NAME,
    Machine,
    draw_machines,
    read_machines,
    write_machines,
)
from labhelpers.lesson.result_files import read_text, replace_files


def draw_tables(
    checkout: Checkout,
    notebook: Any,
    *,
    entries: Sequence[Entry] | None = None,
    machines: Sequence[Machine] | None = None,
) -> None:
    """Draws the tables of a notebook's cells that are one call of `show_claims` or `show_machines`.

    They show the ledger and the machines as given; as they are on the disk without.
    """
    folder, judgements = checkout.results, None
    for cell in notebook.cells:
        if not cell.get("outputs") or not is_drawn(cell["source"]):
            continue
        rows = find_claimed_rows(cell["source"])
        if rows is None:
            drawn = draw_machines(
                read_machines(folder / MACHINES_NAME) if machines is None else machines
            )
        else:
            if judgements is None:
                ledger = read_ledger(folder / LEDGER_NAME) if entries is None else entries
                judgements = judge_claims(load_claims(folder / CLAIMS_NAME), ledger)
            try:
                drawn = draw_claims(rows, judgements)
            except ValueError:  # no claim about such a row any more: running it will say so
                continue
        for out in cell["outputs"]:
            if "text/markdown" in out.get("data", {}):
                out["data"].update(drawn)


def find_claimed_rows(source: str) -> list[str] | None:
    """Returns the rows that a cell shows by `show_claims` and nothing else; else None."""
    try:
        match ast.parse(source).body:
            case [ast.Expr(ast.Call(ast.Name("show_claims"), arguments, []))]:
                return [ast.literal_eval(argument) for argument in arguments]
    except (SyntaxError, ValueError):
        pass
    return None


def is_drawn(source: str) -> bool:
    """Says whether a cell is one call that shows a table of the results, drawn without a run."""
    return source.strip() == "show_machines()" or find_claimed_rows(source) is not None


def write_results(
    checkout: Checkout,
    *,
    entries: Sequence[Entry] | None = None,
    machines: Sequence[Machine] | None = None,
    notebooks: Mapping[Path, Any] | None = None,
    contents: Mapping[Path, str] | None = None,
) -> None:
    """Writes the ledger or the machines, with all notebooks that show them; under the lock.

    `notebooks` take the place of those on the disk, and `contents` are further files.
    """
    texts = dict(contents or {})
    if entries is not None:
        texts[checkout.results / LEDGER_NAME] = write_ledger(entries)
    if machines is not None:
        texts[checkout.results / MACHINES_NAME] = write_machines(machines)
    notebooks = notebooks or {}
    there = {c.notebook: read_text(c.notebook) for c in find_chapters(checkout)}
    others = {
        path: nbformat.reads(text, as_version=4)
        for path, text in there.items()
        if text and path not in notebooks and ("show_claims" in text or "show_machines" in text)
    }
    for path, notebook in {**others, **notebooks}.items():
        before = write_notebook(notebook)
        draw_tables(checkout, notebook, entries=entries, machines=machines)
        after = write_notebook(notebook)
        if path in notebooks or after != before:
            texts[path] = after
    replace_files(texts)
