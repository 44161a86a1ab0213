"""What an author of the book types, in a checkout: `labs book build ...`."""

import itertools
import os
from pathlib import Path
from typing import Annotated

import typer

from labhelpers.authoring.chapters.checkout import find_checkout
from labhelpers.authoring.chapters.sources import find_chapters
from labhelpers.authoring.chapters.sync import sync_chapter
from labhelpers.authoring.review import find_benchmarks, review_all, review_claims
from labhelpers.authoring.run.execute import execute_chapter
from labhelpers.authoring.run.replicate import Task, plan_tasks, run_tasks
from labhelpers.authoring.site.builder import build_pages, find_pages, make_server
from labhelpers.authoring.trust.refresh import refresh_chapter
from labhelpers.authoring.trust.stale import find_stale
from labhelpers.authoring.trust.verify import verify_chapters
from labhelpers.commands.console import Chapters, pick_chapters, run_python, shorten
from labhelpers.lesson.book_error import BookError, UsageError
from labhelpers.lesson.ledger import Entry
from labhelpers.lesson.start import format_minutes

app = typer.Typer(rich_markup_mode=None)
_PROFILES = ("full", "quick", "smoke")
_HOW_LONG = (
    "When they were last timed, all tests took 15 minutes on two quiet cores with AVX512-BF16; two "
    "with AVX2 alone took 2.5 times as long. The slowest files come first."
)
# A browser or a download leaves one of two cores idle. The tests of a file share what it builds;
# the longest files, those of the browser, begin before the many short ones.
_AT_A_TIME = ("--numprocesses=3", "--dist=loadfile", "--no-loadscope-reorder")


@app.command()
def sync(
    chapters: Chapters = None,
    check: Annotated[
        bool, typer.Option("--check", help="Say what differs; write nothing.")
    ] = False,
) -> None:
    """Bring notebooks in step with their chapters.

    The text in book/chapters is the source. Outputs stay up to the first code cell that changed.
    """
    checkout = find_checkout()
    found = pick_chapters(checkout, chapters)
    changes = [line for c in found for line in sync_chapter(checkout, c, write=not check)]
    for line in changes:
        print(line)
    if check and changes:
        raise BookError(f"{len(changes)} to be brought in step: run labs book sync")
    if not changes:
        print("all in step")


@app.command()
def run(
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
    if profile not in _PROFILES:
        raise UsageError(f"--profile must be full, quick or smoke, but is {profile!r}")
    checkout = find_checkout()
    for chapter in pick_chapters(checkout, chapters):
        done = execute_chapter(checkout, chapter, profile=profile, output=output)
        told = f", {done.recorded} numbers recorded" if done.recorded else ""
        place = shorten(done.notebook)
        print(f"{chapter.name}: {format_minutes(done.minutes)}{told}, written to {place}")


@app.command()
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
    checkout = find_checkout()
    tasks = plan_tasks(checkout, rows or [], seeds=seeds, force=force)
    if not tasks:
        print("nothing to do: the ledger has them all")
        return
    numbers = itertools.count(1)

    def tell(task: Task, entries: list[Entry]) -> None:
        values = ", ".join(f"{entry.metric} {entry.value:.5g}" for entry in entries)
        place = f"{next(numbers)} of {len(tasks)}"
        print(f"{place}: {task.row} seed {task.seed}: {values}", flush=True)

    run_tasks(checkout, tasks, jobs=jobs, on_done=tell)


@app.command()
def stale() -> None:
    """List outputs and results of older code.

    Each with what to do next. What other versions of Keras, NumPy or the backend made is listed
    too, and is no fault.
    """
    found = find_stale(find_checkout())
    print("\n".join(str(one) for one in found) if found else "nothing is stale")
    if old := sum(one.is_old for one in found):
        raise BookError(f"{old} stale: the lines above say what to do next")


@app.command()
def verify(chapters: Chapters = None) -> None:
    """Clear what is stale, where today's code gives the same.

    Runs each chapter in smoke twice, with the code that made its outputs and with today's, and
    compares all recorded values and printed texts, times left out. Without chapters: those that
    labs book stale lists.
    """
    checkout = find_checkout()
    if chapters:
        chosen = pick_chapters(checkout, chapters)
    else:
        listed = {number for one in find_stale(checkout) for number in one.chapters}
        chosen = [chapter for chapter in find_chapters(checkout) if chapter.number in listed]
    if not chosen:
        print("nothing to verify")
        return
    left, said = 0, set()
    for outcome in verify_chapters(checkout, chosen):
        print(outcome, flush=True)
        for note in (note for note in outcome.notes if note not in said):
            print(f"  {note}", flush=True)
        said.update(outcome.notes)
        left += not outcome.is_cleared
    if left:
        raise BookError(f"{left} of {len(chosen)} not cleared: nothing was written for these")


@app.command()
def refresh(chapters: Chapters = None) -> None:
    """Renew the look of notebooks without training.

    Tables of results, answers to exercises and questions, and widgets that need nothing of the
    run are made anew; scripts and styles of the other widgets are exchanged. Figures stay.
    Without chapters: all.
    """
    checkout = find_checkout()
    for chapter in pick_chapters(checkout, chapters):
        for sentence in refresh_chapter(checkout, chapter):
            print(f"{chapter.name}: {sentence}", flush=True)


@app.command()
def claims() -> None:
    """Set every claim beside what we measured.

    Wrong if one is missed without an argument, or measured with too few seeds.
    """
    table, broken = review_claims(find_checkout())
    print(table)
    if broken:
        raise BookError(broken)


@app.command()
def check() -> None:
    """Check style, notebooks, results and claims."""
    wrong = 0
    for title, problem in review_all(find_checkout()):
        print(f"{title:<12} {problem or 'in order'}")
        wrong += bool(problem)
    if wrong:
        raise BookError(f"{wrong} of the checks found something")


@app.command("test", context_settings={"ignore_unknown_options": True})
def run_tests(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="For pytest: files, folders, options of its own.")
    ] = None,
) -> None:
    """Run the tests, chapters in smoke.

    All of them, two files at a time; or what is named: labs book test tests/lesson -x.
    """
    if not arguments:
        print(_HOW_LONG, flush=True)
    code = run_python(
        "-m",
        "pytest",
        *(arguments or _AT_A_TIME),
        folder=find_checkout().root,
        environment={**os.environ, "LABHELPERS_PROFILE": "smoke"},
    )
    if code:
        raise (UsageError if code == 4 else BookError)("the tests did not pass: see above")


@app.command()
def build() -> None:
    """Build the pages into _build/html, strictly."""
    first = build_pages(find_checkout())
    place = shorten(first.parent)
    print(f"\nThe pages are in {place}. Open {first.as_uri()}, or: labs book serve")


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where; 0 for any free one.")] = 8000,
) -> None:
    """Show the pages in a browser.

    On this machine alone. Builds them first if there are none.
    """
    checkout = find_checkout()
    if not (find_pages(checkout) / "index.html").is_file():
        build_pages(checkout)
    with make_server(checkout, port=port) as server:
        print(f"http://localhost:{server.server_port}/ (Ctrl+C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("ended")


@app.command()
def bench(
    name: Annotated[
        str | None, typer.Argument(help="One of benchmarks/; all of them without.")
    ] = None,
) -> None:
    """Measure our speed beside plain Keras."""
    checkout = find_checkout()
    for module in find_benchmarks(checkout, name):
        if run_python("-m", f"benchmarks.{module}", folder=checkout.root):
            raise BookError(f"the benchmark {module} failed: see above")
