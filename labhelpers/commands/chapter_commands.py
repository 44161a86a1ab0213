"""The commands about chapters: sync, execute, replicate, start."""

from pathlib import Path
from typing import Annotated

import typer

from labhelpers.commands.console import Chapters, pick_chapters, shorten
from labhelpers.lesson.course_error import CourseError, UsageError

_PROFILES = ("full", "quick", "smoke")


def sync(
    chapters: Chapters = None,
    check: Annotated[
        bool, typer.Option("--check", help="Say what differs; write nothing.")
    ] = False,
) -> None:
    """Bring notebooks in step with their chapters.

    The text in book/chapters is the source. Outputs stay up to the first code cell that changed.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.chapters.sync import sync_chapter

    checkout = find_checkout()
    found = pick_chapters(checkout, chapters)
    changes = [line for c in found for line in sync_chapter(checkout, c, write=not check)]
    for line in changes:
        print(line)
    if check and changes:
        raise CourseError(f"{len(changes)} to be brought in step: run labs sync")
    if not changes:
        print("all in step")


def execute(
    chapters: Chapters = None,
    profile: Annotated[
        str, typer.Option(help="full writes the book's outputs and results; quick; smoke.")
    ] = "full",
    output: Annotated[
        Path | None, typer.Option(help="Folder for the notebooks; nothing else is written.")
    ] = None,
) -> None:
    """Run chapters for real and keep what they gave.

    The full profile writes book/notebooks, the ledger and the timings; the others write their
    notebooks to _build/executed, and the timings. A chapter is written when it came to its end:
    stopped at any time before, it leaves all as it was.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.run.execute import execute_chapter
    from labhelpers.lesson.start import format_minutes

    if profile not in _PROFILES:
        raise UsageError(f"--profile must be full, quick or smoke, but is {profile!r}")
    checkout = find_checkout()
    for chapter in pick_chapters(checkout, chapters):
        done = execute_chapter(checkout, chapter, profile=profile, output=output)
        told = f", {done.recorded} numbers recorded" if done.recorded else ""
        place = shorten(done.notebook)
        print(f"{chapter.name}: {format_minutes(done.minutes)}{told}, written to {place}")


def replicate(
    rows: Annotated[
        list[str] | None,
        typer.Argument(help="Rows such as A1; without, all that claims.toml is about."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, help="How many; without, what the row's claims need.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Runs at the same time; -1: one a core.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run those recorded already, too.")
    ] = False,
) -> None:
    """Measure rows again with other seeds.

    Always in the full profile, with seeds 0, 1, 2, ...; each goes into the ledger as it ends.
    Those that the ledger has for the code of today are left out, so a stopped replication goes
    on where it was.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.run.replicate import plan_tasks, run_tasks

    checkout = find_checkout()
    tasks = plan_tasks(checkout, rows or [], seeds=seeds, force=force)
    if not tasks:
        print("nothing to do: the ledger has them all")
        return
    count = 0

    def tell(task, entries) -> None:
        nonlocal count
        count += 1
        values = ", ".join(f"{entry.metric} {entry.value:.5g}" for entry in entries)
        print(f"{count} of {len(tasks)}: {task.row} seed {task.seed}: {values}", flush=True)

    run_tasks(checkout, tasks, jobs=jobs, on_done=tell)


def start(
    chapter: Annotated[str, typer.Argument(help="Number, name or part of it: 1, mnist.")],
    again: Annotated[
        str | None, typer.Option("--again", metavar="NAME", help="Name of another copy.")
    ] = None,
) -> None:
    """Copy a chapter into my/ to work in.

    Without its outputs. A copy that is there already is never overwritten.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.chapters.sources import find_chapter
    from labhelpers.authoring.chapters.student_copy import copy_chapter

    checkout = find_checkout()
    copy = copy_chapter(checkout, find_chapter(checkout, chapter), name=again)
    print(f"{shorten(copy)} is yours. Open it with: jupyter lab {shorten(copy)}")
