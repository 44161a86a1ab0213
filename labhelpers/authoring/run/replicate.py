"""Measuring a row again, with other seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import joblib

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.authoring.chapters.notebooks import make_notebook
from labhelpers.authoring.chapters.sources import (
    Chapter,
    find_chapters,
    find_rows,
    hash_row,
    pick_row_cells,
    read_source,
)
from labhelpers.authoring.run.execute import add_entries, check_records, run_in_checkout
from labhelpers.authoring.run.kernel import Executed
from labhelpers.authoring.run.run_progress import Progress, load_seconds
from labhelpers.authoring.run.stopping import stop_on_signal
from labhelpers.authoring.trust.closure import hash_chapter
from labhelpers.lesson.book_error import BookError, UsageError
from labhelpers.lesson.claims import CLAIMS_NAME, load_claims
from labhelpers.lesson.ledger import LEDGER_NAME, Entry, read_ledger

USUAL_SEEDS = 5


@dataclass(frozen=True)
class Task:
    """One run to be done, of a row and the chapter that measures it."""

    chapter: Chapter
    row: str
    seed: int


def find_home(checkout: Checkout, row: str) -> Chapter:
    """Finds the one chapter that measures a row."""
    rows = {chapter: find_rows(read_source(chapter)) for chapter in find_chapters(checkout)}
    homes = [chapter for chapter, measured in rows.items() if row in measured]
    if not homes:
        known = sorted({name for measured in rows.values() for name in measured})
        raise UsageError(f"no chapter measures {row!r}; there are: {', '.join(known) or 'none'}")
    if len(homes) > 1:
        names = " and ".join(chapter.name for chapter in homes)
        raise BookError(f"{row} is measured by {names}: its tag may stand in one chapter only")
    return homes[0]


def plan_tasks(
    checkout: Checkout, rows: Sequence[str], *, seeds: int | None = None, force: bool = False
) -> list[Task]:
    """Lists each row and seed that the ledger lacks for today's code; with `force`, all.

    Without rows, all that claims.toml is about; without a number of seeds, what the row's claims
    need, or 5.
    """
    entries = read_ledger(checkout.results / LEDGER_NAME)
    claims = load_claims(checkout.results / CLAIMS_NAME)
    needed: dict[str, int] = {}
    for claim in claims:
        needed[claim.row] = max(needed.get(claim.row, 1), claim.seeds)
    tasks = []
    for row in dict.fromkeys(rows or needed):
        chapter = find_home(checkout, row)
        cells = read_source(chapter)
        code, numbers = hash_row(cells, row), hash_chapter(checkout.root, cells)
        there = {e.seed for e in entries if (e.row, e.code, e.numbers) == (row, code, numbers)}
        count = seeds or needed.get(row, USUAL_SEEDS)
        missing = [seed for seed in range(count) if force or seed not in there]
        tasks += [Task(chapter, row, seed) for seed in missing]
    return tasks


def run_task(checkout: Checkout, task: Task, *, quiet: bool = False) -> list[Entry]:
    """Runs a row's cells with a seed, in full; returns the entries for the ledger."""
    cells = make_notebook(task.chapter).cells
    # Before the run: the package may be edited meanwhile.
    numbers = hash_chapter(checkout.root, cells)
    done = run_row(checkout, task, quiet=quiet)
    return check_records(
        task.chapter.name, cells, done, seed=task.seed, numbers=numbers, row=task.row
    )


def run_row(checkout: Checkout, task: Task, *, quiet: bool = False) -> Executed:
    """Runs a row's cells with a seed, in the full profile."""
    notebook = make_notebook(task.chapter)
    cells = pick_row_cells(notebook.cells, task.row)
    title = f"{task.row} seed {task.seed}"
    progress = Progress(title, cells, load_seconds(task.chapter.notebook), quiet=quiet)
    title = f"{task.chapter.name}, {title}"
    return run_in_checkout(
        checkout, notebook, cells, profile="full", title=title, seed=task.seed, progress=progress
    )


def run_tasks(
    checkout: Checkout,
    tasks: Sequence[Task],
    *,
    jobs: int | None = None,
    on_done: Callable[[Task, list[Entry]], None] | None = None,
) -> None:
    """Runs tasks, as many at a time as joblib is set to or as `jobs` says.

    Each one's numbers are put into the ledger as soon as it ends, before `on_done`; where one
    fails, what ended before it is kept.
    """
    # Each run is a process of its own already, which ends with this one; threads wait for them.
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", prefer="threads")
    quiet = parallel.n_jobs not in (None, 1)

    def run(task: Task) -> tuple[Task, list[Entry]]:
        return task, run_task(checkout, task, quiet=quiet)

    with stop_on_signal():
        for task, entries in parallel(joblib.delayed(run)(task) for task in tasks):
            with lock_files(checkout):
                add_entries(checkout, entries)
            if on_done is not None:
                on_done(task, entries)
