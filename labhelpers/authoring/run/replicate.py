"""Measuring a row again, with other seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import joblib

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.authoring.chapters.drawn_tables import refresh_notebooks
from labhelpers.authoring.chapters.notebooks import make_notebook
from labhelpers.authoring.chapters.sources import (
    Chapter,
    find_chapters,
    find_rows,
    hash_row,
    pick_row_cells,
    read_source,
)
from labhelpers.authoring.run.execute import check_records, read_merged
from labhelpers.authoring.run.kernel import Executed, make_environment, run_cells, stop_on_signal
from labhelpers.authoring.run.run_progress import Progress, load_seconds
from labhelpers.authoring.trust.closure import hash_chapter
from labhelpers.lesson.book_error import BookError, UsageError
from labhelpers.lesson.claims import CLAIMS_NAME, load_claims
from labhelpers.lesson.ledger import LEDGER_NAME, Entry, read_ledger, write_ledger
from labhelpers.lesson.result_files import replace_files

USUAL_SEEDS = 5


@dataclass(frozen=True)
class Task:
    """One run to be done.

    Attributes:
        chapter: The chapter that measures the row.
        row: The row.
        seed: The seed.
    """

    chapter: Chapter
    row: str
    seed: int


def find_home(checkout: Checkout, row: str) -> Chapter:
    """Finds the chapter that measures a row.

    Raises:
        UsageError: If none does.
        BookError: If more than one does.
    """
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
    """Lists the runs that are missing.

    That is each row and seed that the ledger lacks for the code of today, the chapter's and the
    package's; with `force`, also those that it has. Without rows, all that claims.toml is about;
    without a number of seeds, what the row's claims need, or 5.
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
    """Runs a row's cells with a seed, in the full profile; writes nothing.

    Returns the entries for the ledger.

    Raises:
        BookError: If a cell fails, or nothing was recorded for the row.
    """
    cells = make_notebook(task.chapter).cells
    # Before the run: the package may be edited meanwhile.
    numbers = hash_chapter(checkout.root, cells)
    done = run_row(checkout, task, quiet=quiet)
    return check_records(
        task.chapter.name, cells, done, seed=task.seed, numbers=numbers, row=task.row
    )


def run_row(checkout: Checkout, task: Task, *, quiet: bool = False) -> Executed:
    """Runs a row's cells with a seed, in the full profile, and returns what the run left.

    Raises:
        BookError: If a cell fails.
    """
    notebook = make_notebook(task.chapter)
    cells = pick_row_cells(notebook.cells, task.row)
    title = f"{task.row} seed {task.seed}"
    progress = Progress(title, cells, load_seconds(task.chapter.notebook), quiet=quiet)
    with progress:
        return run_cells(
            notebook,
            cells,
            folder=checkout.notebooks,
            environment=make_environment(
                profile="full",
                seed=task.seed,
                results=checkout.results,
                tree=checkout.root,
            ),
            title=f"{task.chapter.name}, {title}",
            on_start=progress.start_cell,
        )


def run_tasks(
    checkout: Checkout,
    tasks: Sequence[Task],
    *,
    jobs: int | None = None,
    on_done: Callable[[Task, list[Entry]], None] | None = None,
) -> None:
    """Runs tasks and puts each one's numbers into the ledger as soon as it ends.

    They go through joblib, so a surrounding `joblib.parallel_config` decides where they run.

    `jobs` is the number of runs at the same time; without, what joblib is set to, which is one.
    `on_done` is called after each.

    Raises:
        BookError: If one fails. What ended before it is kept.
    """
    # Each run is a process of its own already, which ends with this one; threads wait for them.
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", prefer="threads")
    quiet = parallel.n_jobs not in (None, 1)
    runs = (joblib.delayed(_run_numbered)(checkout, n, t, quiet) for n, t in enumerate(tasks))
    with stop_on_signal():
        for number, entries in parallel(runs):
            _keep(checkout, entries)
            if on_done is not None:
                on_done(tasks[number], entries)


def _run_numbered(
    checkout: Checkout, number: int, task: Task, quiet: bool
) -> tuple[int, list[Entry]]:
    return number, run_task(checkout, task, quiet=quiet)


def _keep(checkout: Checkout, entries: list[Entry]) -> None:
    with lock_files(checkout):
        ledger = read_merged(checkout, entries)
        path = checkout.results / LEDGER_NAME
        replace_files({path: write_ledger(ledger), **refresh_notebooks(checkout, ledger)})
