"""Running a chapter for real, and keeping what it gave only when it came to its end."""

import contextlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.authoring.chapters.drawn_tables import write_results
from labhelpers.authoring.chapters.notebooks import make_notebook, write_notebook
from labhelpers.authoring.chapters.setup_cell import place_setup_code, write_setup_code
from labhelpers.authoring.chapters.sources import (
    Chapter,
    find_cell_rows,
    find_rows,
    find_tags,
    hash_code,
    hash_rows,
)
from labhelpers.authoring.run.kernel import Executed, make_environment, run_cells
from labhelpers.authoring.run.run_progress import Progress, load_seconds
from labhelpers.authoring.trust.closure import hash_numbers, join_hashes, read_package
from labhelpers.authoring.trust.look import hash_look
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import (
    CODES_VARIABLE,
    LEDGER_NAME,
    NUMBERS_VARIABLE,
    Entry,
    make_entries,
    merge_entries,
    read_ledger,
)
from labhelpers.lesson.result_files import read_text, replace_files
from labhelpers.lesson.start import TIMINGS_NAME


@dataclass(frozen=True)
class Result:
    """What an execution left: a file, how long it took, and how many numbers it recorded."""

    notebook: Path
    minutes: float
    recorded: int


def execute_chapter(
    checkout: Checkout, chapter: Chapter, *, profile: str = "full", output: Path | None = None
) -> Result:
    """Runs a chapter from its text and writes what it gave, once the last cell has ended.

    The profile "full" writes the notebook that the book shows, the ledger and the timings; "quick"
    and "smoke" write their notebook under `_build/executed`, and the timings. With an `output`
    folder, the notebook goes there and nothing else is written.
    """
    text = chapter.source.read_text(encoding="utf-8")
    notebook = make_notebook(chapter, text=place_setup_code(text, write_setup_code(checkout.root)))
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    target = _find_target(checkout, chapter, profile, output)
    keeps = profile == "full" and output is None
    package = read_package(checkout.root)
    numbers = hash_numbers(package, notebook.cells)
    told = {}
    if keeps:
        told[CODES_VARIABLE] = json.dumps(hash_rows(notebook.cells))
        told[NUMBERS_VARIABLE] = join_hashes(numbers)
    progress = Progress(f"{chapter.name} ({profile})", code, load_seconds(target))
    done = run_in_checkout(
        checkout, notebook, code, profile=profile, title=chapter.name, progress=progress, told=told
    )
    number_cells(code)
    minutes = sum(done.seconds) / 60
    notebook.metadata["labhelpers"] = {
        "chapter": chapter.name,
        "profile": profile,
        "code_sha256": hash_code(code),
        "numbers_sha256": numbers,
        "look_sha256": hash_look(checkout.root, package, code),
        **_describe(code, done, minutes),
    }
    entries = []
    if keeps:
        digits = join_hashes(numbers)
        entries = check_records(chapter.name, notebook.cells, done, seed=0, numbers=digits)
    with lock_files(checkout):
        contents = {}
        if output is None:
            contents = _add_timing(checkout, chapter, profile, notebook.metadata["labhelpers"])
        if keeps:
            add_entries(checkout, entries, notebooks={target: notebook}, contents=contents)
        else:
            replace_files({**contents, target: write_notebook(notebook)})
    return Result(target, minutes, len(entries))


def run_in_checkout(
    checkout: Checkout,
    notebook: Any,
    cells: Sequence[Any],
    *,
    profile: str,
    title: str,
    seed: int = 0,
    progress: Progress | None = None,
    told: Mapping[str, str] | None = None,
) -> Executed:
    """Runs cells of a notebook by the checkout's package and results; `told` are more variables."""
    environment = make_environment(
        profile=profile, seed=seed, results=checkout.results, tree=checkout.root
    )
    with progress or contextlib.nullcontext():
        return run_cells(
            notebook,
            cells,
            folder=checkout.notebooks,
            environment={**environment, **(told or {})},
            title=title,
            on_start=progress.start_cell if progress else None,
        )


def check_records(
    title: str,
    cells: Sequence[Any],
    done: Executed,
    *,
    seed: int,
    numbers: str,
    row: str | None = None,
) -> list[Entry]:
    """Makes ledger entries of what a run recorded, or says why they may not be kept.

    `cells` are all cells of the chapter, and `numbers` is the hash of the modules that can move its
    numbers. With a `row`, only that row was run.
    """
    rows = [row] if row else find_rows(cells)
    if drawn := done.report["standins"]:
        raise BookError(
            f"{title}: ran on drawn stand-ins for {', '.join(drawn)}, so its numbers mean "
            "nothing; unset LABHELPERS_STANDIN"
        )
    recorded = {kept["row"] for kept in done.report["records"]}
    if row is None and (untagged := sorted(recorded - set(rows))):
        raise BookError(
            f"{title}: records {', '.join(untagged)}, but no cell carries the tag "
            f"row-{untagged[0]}; labs book replicate could not measure it again"
        )
    if missing := sorted(set(rows) - recorded):
        tagged = sum(missing[0] in find_cell_rows(cell) for cell in cells)
        raise BookError(
            f"{title}: {tagged} cells are tagged row-{missing[0]}, but none of those that "
            f"ran recorded anything for {missing[0]}"
        )
    codes = hash_rows(cells)
    return make_entries(
        done.report, seed=seed, codes={one: codes[one] for one in rows}, numbers=numbers
    )


def add_entries(checkout: Checkout, entries: list[Entry], **written: Any) -> None:
    """Writes the ledger with new entries, and what else `write_results` takes; under the lock."""
    ledger = merge_entries(read_ledger(checkout.results / LEDGER_NAME), entries)
    write_results(checkout, entries=ledger, **written)


def number_cells(code: Sequence[Any]) -> None:
    """Counts the cells as if they had been run by hand, but the setup cell, which did nothing."""
    count = 0
    for cell in code:
        if "setup" in find_tags(cell):
            cell["execution_count"] = None
            continue
        count += 1
        cell["execution_count"] = count
        for out in cell["outputs"]:
            if "execution_count" in out:
                out["execution_count"] = count


def _find_target(checkout: Checkout, chapter: Chapter, profile: str, output: Path | None) -> Path:
    if output is not None:
        return output / chapter.notebook.name
    if profile == "full":
        return chapter.notebook
    return checkout.build / "executed" / profile / chapter.notebook.name


def _describe(code: Sequence[Any], done: Executed, minutes: float) -> dict[str, Any]:
    """Returns what a notebook says of the machine and the time of its run."""
    times = zip(code, done.seconds, strict=True)
    machine = done.report["machine"]
    return {
        **{name: machine[name] for name in ("cpu", "cores", "device", "precision")},
        "minutes": math.ceil(minutes * 100) / 100,
        "seconds": {cell["id"]: float(f"{seconds:.2g}") for cell, seconds in times},
        "date": done.report["date"],
        "versions": done.report["versions"],
        "ledger": done.report["asked"],
    }


def _add_timing(
    checkout: Checkout, chapter: Chapter, profile: str, about: Mapping[str, Any]
) -> dict[Path, str]:
    path = checkout.results / TIMINGS_NAME
    timings = json.loads(read_text(path) or "{}")
    told = {name: about[name] for name in ("minutes", "device", "cpu", "cores", "date")}
    timings.setdefault(chapter.name, {})[profile] = told
    text = json.dumps(timings, indent=2, sort_keys=True, ensure_ascii=False)
    return {path: text + "\n"}
