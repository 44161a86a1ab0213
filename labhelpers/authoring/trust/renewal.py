"""Writing a chapter's hashes anew, with the outputs that they stand for."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.authoring.chapters.drawn_tables import write_results
from labhelpers.authoring.chapters.notebooks import make_notebook
from labhelpers.authoring.chapters.setup_cell import place_setup_code, write_setup_code
from labhelpers.authoring.chapters.sources import (
    Chapter,
    hash_code,
    hash_rows,
    list_code,
    read_source,
)
from labhelpers.authoring.run.execute import number_cells
from labhelpers.authoring.run.kernel import WIDGET_STATES
from labhelpers.authoring.trust.closure import join_hashes
from labhelpers.authoring.trust.origin import Origin
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import LEDGER_NAME, read_ledger


def write_renewal(
    checkout: Checkout,
    chapter: Chapter,
    origin: Origin,
    about: Mapping[str, Any],
    *,
    text: str,
    pairs: list[tuple[int, int]],
    renewed: Mapping[str, Any],
) -> None:
    """Writes the notebook and the ledger with today's hashes, all files or none.

    `about` is what the notebook said of its run, and `renewed` what takes the place of a part of
    it; `text` is the chapter's that was compared, and `pairs` which code cells of the origin and of
    it stand for each other.
    """
    with lock_files(checkout):
        if chapter.source.read_text(encoding="utf-8") != text:
            raise BookError(
                f"{chapter.name} was edited while it was compared: run labs book verify again"
            )
        code = place_setup_code(text, write_setup_code(checkout.root))
        notebook = make_notebook(chapter, text=code)
        seconds = _carry_outputs(origin.notebook, notebook, pairs, about["seconds"])
        notebook.metadata["labhelpers"] = {
            **about,
            **renewed,
            "code_sha256": hash_code(notebook.cells),
            "seconds": seconds,
            "verified": origin.commit,
        }
        old_codes = hash_rows(read_source(chapter, text=origin.text))
        codes = hash_rows(read_source(chapter, text=text))
        old_numbers = join_hashes(about["numbers_sha256"])
        numbers = join_hashes(renewed["numbers_sha256"])
        ledger = []
        for entry in read_ledger(checkout.results / LEDGER_NAME):
            is_origins = entry.numbers == old_numbers and entry.code == old_codes.get(entry.row)
            if entry.row in codes and is_origins:
                entry = dataclasses.replace(
                    entry, code=codes[entry.row], numbers=numbers, verified=origin.commit
                )
            ledger.append(entry)
        write_results(checkout, entries=ledger, notebooks={chapter.notebook: notebook})


def _carry_outputs(
    old: Any, new: Any, pairs: list[tuple[int, int]], took: Mapping[str, float]
) -> dict[str, float]:
    """Puts a notebook's outputs and widgets into another; returns the seconds of its cells."""
    before, after = list_code(old.cells), list_code(new.cells)
    seconds = {}
    for i, j in pairs:
        after[j]["outputs"] = before[i]["outputs"]
        if before[i]["id"] in took:
            seconds[after[j]["id"]] = took[before[i]["id"]]
    number_cells([cell for cell in new.cells if cell["cell_type"] == "code"])
    if "widgets" in old.metadata:
        shown = [after[j] for _, j in pairs]
        new.metadata["widgets"] = _keep_shown(old.metadata["widgets"], shown)
    return seconds


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
