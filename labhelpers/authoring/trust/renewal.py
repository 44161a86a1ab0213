"""Writing a chapter's hashes anew, with the outputs that they stand for."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.authoring.chapters.drawn_tables import write_results
from labhelpers.authoring.chapters.notebooks import make_notebook
from labhelpers.authoring.chapters.setup_cell import place_setup_code, write_setup_code
from labhelpers.authoring.chapters.sources import (
    Chapter,
    find_rows,
    hash_code,
    hash_row,
    list_code,
    read_source,
)
from labhelpers.authoring.run.execute import number_cells
from labhelpers.authoring.run.kernel import WIDGET_STATES
from labhelpers.authoring.trust.closure import join_hashes
from labhelpers.authoring.trust.origin import Origin
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import LEDGER_NAME, Entry, read_ledger


@dataclass(frozen=True)
class Renewal:
    """A chapter whose outputs were found to be those of today's code.

    Attributes:
        chapter: The chapter.
        origin: The commit that made the outputs.
        text: The chapter's text that was compared.
        numbers: Today's hashes of the package's modules.
        pairs: Which code cells of the origin and of the text stand for each other.
        smoke: What the run in smoke gave.
    """

    chapter: Chapter
    origin: Origin
    text: str
    numbers: Mapping[str, str]
    pairs: list[tuple[int, int]]
    smoke: Mapping[str, Any]


def write_renewal(checkout: Checkout, renewal: Renewal, about: Mapping[str, Any]) -> None:
    """Writes the notebook and the ledger with today's hashes, all files or none.

    `about` is what the notebook said of its run.

    Raises:
        BookError: If the chapter was edited while it was compared.
    """
    chapter = renewal.chapter
    with lock_files(checkout):
        if chapter.source.read_text(encoding="utf-8") != renewal.text:
            raise BookError(
                f"{chapter.name} was edited while it was compared: run labs book verify again"
            )
        notebook = _carry_outputs(checkout, renewal, about)
        ledger = _renew_entries(read_ledger(checkout.results / LEDGER_NAME), renewal, about)
        write_results(checkout, entries=ledger, notebooks={chapter.notebook: notebook})


def _carry_outputs(checkout: Checkout, renewal: Renewal, about: Mapping[str, Any]) -> Any:
    """Makes today's notebook with the outputs of the origin's, cell by cell."""
    text = place_setup_code(renewal.text, write_setup_code(checkout.root))
    notebook = make_notebook(renewal.chapter, text=text)
    before, after = list_code(renewal.origin.notebook.cells), list_code(notebook.cells)
    seconds = {}
    for i, j in renewal.pairs:
        after[j]["outputs"] = before[i]["outputs"]
        if (took := about["seconds"].get(before[i]["id"])) is not None:
            seconds[after[j]["id"]] = took
    number_cells([cell for cell in notebook.cells if cell["cell_type"] == "code"])
    if "widgets" in renewal.origin.notebook.metadata:
        shown = [after[j] for _, j in renewal.pairs]
        notebook.metadata["widgets"] = _keep_shown(
            renewal.origin.notebook.metadata["widgets"], shown
        )
    notebook.metadata["labhelpers"] = {
        **about,
        "code_sha256": hash_code(notebook.cells),
        "numbers_sha256": dict(renewal.numbers),
        "seconds": seconds,
        "smoke": dict(renewal.smoke),
        "verified": renewal.origin.commit,
    }
    return notebook


def _keep_shown(widgets: Any, cells: Sequence[Any]) -> Any:
    """Returns the widgets that cells show, with all that these are made of."""
    states = widgets[WIDGET_STATES]["state"]
    kept, ahead = set(), [json.dumps([cell["outputs"] for cell in cells])]
    while ahead:
        text = ahead.pop()
        found = {name for name in states.keys() - kept if name in text}
        kept |= found
        ahead += [json.dumps(states[name]) for name in found]
    told = {name: state for name, state in states.items() if name in kept}
    return {**widgets, WIDGET_STATES: {**widgets[WIDGET_STATES], "state": told}}


def _renew_entries(ledger: list[Entry], renewal: Renewal, about: Mapping[str, Any]) -> list[Entry]:
    """Returns the ledger with today's hashes in the entries that the origin's code made."""
    old = read_source(renewal.chapter, text=renewal.origin.text)
    new = read_source(renewal.chapter, text=renewal.text)
    made_by = join_hashes(about["numbers_sha256"])
    today = join_hashes(renewal.numbers)
    codes = {row: (hash_row(old, row), hash_row(new, row)) for row in find_rows(new)}
    renewed = []
    for entry in ledger:
        before, now = codes.get(entry.row, ("", ""))
        if (entry.code, entry.numbers) == (before, made_by):
            entry = dataclasses.replace(
                entry, code=now, numbers=today, verified=renewal.origin.commit
            )
        renewed.append(entry)
    return renewed
