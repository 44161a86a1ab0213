"""Running a chapter for real, and keeping what it gave only when it came to its end."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labhelpers.course.chapters import (
    Chapter,
    find_cell_rows,
    find_rows,
    hash_code,
    hash_row,
)
from labhelpers.course.errors import CourseError
from labhelpers.course.files import Checkout, lock_files, read_text, replace_files
from labhelpers.course.kernel import Executed, make_environment, run_cells
from labhelpers.course.ledger import (
    LEDGER_NAME,
    Entry,
    make_entries,
    merge_entries,
    read_ledger,
    write_ledger,
)
from labhelpers.course.progress import Progress
from labhelpers.course.setup_cell import place_setup_code, write_setup_code
from labhelpers.course.stale import hash_modules, hash_widgets
from labhelpers.course.start import TIMINGS_NAME
from labhelpers.course.sync import make_notebook, write_notebook


@dataclass(frozen=True)
class Result:
    """What an execution left.

    Attributes:
        notebook: The file it was written to.
        minutes: How long it took.
        recorded: Numbers put into the ledger.
        written: All files that were written.
    """

    notebook: Path
    minutes: float
    recorded: int
    written: tuple[Path, ...]


def execute_chapter(
    checkout: Checkout, chapter: Chapter, *, profile: str = "full", output: Path | None = None
) -> Result:
    """Runs a chapter from its text and writes what it gave.

    The full profile writes the notebook that the book shows, the ledger and the timings; the
    others write their notebook under `_build/executed` and the timings. Nothing is written
    unless the last cell has ended.

    Args:
        checkout: The repository.
        chapter: The chapter.
        profile: "full", "quick" or "smoke".
        output: A folder for the notebook; nothing else is written then.

    Returns:
        What was done.

    Raises:
        CourseError: If a cell fails, or what was recorded may not go into the ledger.
    """
    text = chapter.source.read_text(encoding="utf-8")
    notebook = make_notebook(chapter, text=place_setup_code(text, write_setup_code(checkout.root)))
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    target = _find_target(checkout, chapter, profile, output)
    environment = make_environment(profile=profile, seed=0, course_files=checkout.course_files)
    folder = checkout.notebooks if checkout.notebooks.is_dir() else checkout.root
    with Progress(f"{chapter.name} ({profile})", code, _load_seconds(target)) as progress:
        done = run_cells(
            notebook,
            code,
            folder=folder,
            environment=environment,
            title=chapter.name,
            on_start=progress.start_cell,
        )
    for count, cell in enumerate(code, start=1):
        cell["execution_count"] = count if cell["source"].strip() else None
        for out in cell["outputs"]:
            if "execution_count" in out:
                out["execution_count"] = count
    minutes = sum(done.seconds) / 60
    notebook.metadata["labhelpers"] = _describe(checkout, chapter, profile, code, done, minutes)
    keeps = profile == "full" and output is None
    entries = check_records(chapter.name, notebook.cells, done, seed=0) if keeps else []
    contents: dict[Path, str] = {}
    with lock_files(checkout):
        if keeps:
            contents.update(merge_into_ledger(checkout, entries))
        if output is None:
            contents.update(_add_timing(checkout, chapter, profile, done, minutes))
        contents[target] = write_notebook(notebook)
        replace_files(contents)
    return Result(target, minutes, len(entries), tuple(contents))


def check_records(
    title: str, cells: Sequence[Any], done: Executed, *, seed: int, row: str | None = None
) -> list[Entry]:
    """Makes ledger entries of what a run recorded, or says why they may not be kept.

    Args:
        title: Name of the chapter.
        cells: All its cells, as they were run.
        done: The run.
        seed: Its seed.
        row: The one row that was run; all of the chapter's without.

    Returns:
        The entries.

    Raises:
        CourseError: If the run used drawn stand-ins for data, or a recorded row has no cell.
    """
    rows = [row] if row else find_rows(cells)
    if done.report["records"] and (drawn := done.report["standins"]):
        raise CourseError(
            f"{title}: ran on drawn stand-ins for {', '.join(drawn)}, so its numbers mean "
            "nothing; unset LABHELPERS_STANDIN"
        )
    recorded = {kept["row"] for kept in done.report["records"]}
    if row is None and (untagged := sorted(recorded - set(rows))):
        raise CourseError(
            f"{title}: records {', '.join(untagged)}, but no cell carries the tag "
            f"row-{untagged[0]}; labs replicate could not measure it again"
        )
    if missing := sorted(set(rows) - recorded):
        tagged = sum(missing[0] in find_cell_rows(cell) for cell in cells)
        raise CourseError(
            f"{title}: {tagged} cells are tagged row-{missing[0]}, but none of those that "
            f"ran recorded anything for {missing[0]}"
        )
    codes = {name: hash_row(cells, name) for name in rows}
    return make_entries(done.report, seed=seed, codes=codes)


def merge_into_ledger(checkout: Checkout, entries: list[Entry]) -> dict[Path, str]:
    """Returns the ledger's path and its text with new entries in; call it under the lock."""
    path = checkout.course_files / LEDGER_NAME
    return {path: write_ledger(merge_entries(read_ledger(path), entries))} if entries else {}


def _find_target(checkout: Checkout, chapter: Chapter, profile: str, output: Path | None) -> Path:
    if output is not None:
        return output / chapter.notebook.name
    if profile == "full":
        return chapter.notebook
    return checkout.build / "executed" / profile / chapter.notebook.name


def _load_seconds(notebook: Path) -> dict[str, float]:
    """Returns how long each cell took when a notebook was last executed, by cell id."""
    try:
        data = json.loads(notebook.read_bytes())
        return dict(data["metadata"]["labhelpers"]["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _describe(
    checkout: Checkout,
    chapter: Chapter,
    profile: str,
    code: list[Any],
    done: Executed,
    minutes: float,
) -> dict[str, Any]:
    modules = hash_modules(checkout, done.report["modules"])
    times = zip(code, done.seconds, strict=True)
    machine = done.report["machine"]
    return {
        "chapter": chapter.name,
        "profile": profile,
        "code_sha256": hash_code(code),
        "package_sha256": modules,
        "widgets_sha256": hash_widgets(checkout),
        "cpu": machine["cpu"],
        "cores": machine["cores"],
        "device": machine["device"],
        "precision": machine["precision"],
        "minutes": _round_minutes(minutes),
        "seconds": {cell["id"]: float(f"{seconds:.2g}") for cell, seconds in times},
        "date": done.report["date"],
        "versions": done.report["versions"],
    }


def _add_timing(
    checkout: Checkout, chapter: Chapter, profile: str, done: Executed, minutes: float
) -> dict[Path, str]:
    path = checkout.course_files / TIMINGS_NAME
    timings = json.loads(read_text(path) or "{}")
    machine = done.report["machine"]
    timings.setdefault(chapter.name, {})[profile] = {
        "minutes": _round_minutes(minutes),
        "device": machine["device"],
        "cpu": machine["cpu"],
        "cores": machine["cores"],
        "date": done.report["date"],
    }
    text = json.dumps(timings, indent=2, sort_keys=True, ensure_ascii=False)
    return {path: text + "\n"}


def _round_minutes(minutes: float) -> float:
    return math.ceil(minutes * 100) / 100
