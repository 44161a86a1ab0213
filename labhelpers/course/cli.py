"""The `labs` command.

What a command needs is imported when it runs: `labs --help` is quick, and building the pages
needs no backend.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from labhelpers.course.errors import CourseError, UsageError

app = typer.Typer(
    name="labs",
    help="Deep Learning Labs: build the book, run its chapters, check its results.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Chapters = Annotated[
    list[str] | None, typer.Argument(help="Number, name or part of it: 1, 01_one_layer, mnist.")
]
PROFILES = ("full", "quick", "smoke")


def main() -> None:
    """Runs the command; errors are one line, exit codes 0 (done), 1 (wrong), 2 (bad usage)."""
    try:
        app(standalone_mode=False)
    except CourseError as error:
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("stopped; outputs and results are as they were", 130)
    except typer.Abort:
        _fail("stopped", 130)
    except typer.Exit as exit_:
        raise SystemExit(exit_.exit_code) from None
    except Exception as error:
        # What the command line itself finds wrong has this method in every version of typer.
        if not hasattr(error, "format_message"):
            raise
        if error.format_message():
            _fail(f"{error.format_message()} (labs --help says more)", 2)
        raise SystemExit(2) from None


def _fail(message: str, code: int) -> None:
    print(f"labs: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)


@app.command()
def sync(
    chapters: Chapters = None,
    check: Annotated[
        bool, typer.Option("--check", help="Say what differs; write nothing.")
    ] = False,
) -> None:
    """Bring notebooks in step with the text of their chapters (book/chapters)."""
    from labhelpers.course.files import find_checkout
    from labhelpers.course.sync import sync_chapter

    checkout = find_checkout()
    found = _pick(checkout, chapters)
    changes = [line for c in found for line in sync_chapter(checkout, c, write=not check)]
    for line in changes:
        print(line)
    if check and changes:
        raise CourseError(f"{len(changes)} files differ from their chapters' text: run labs sync")
    if not changes:
        print(f"{len(found)} chapters in step")


@app.command()
def execute(
    chapters: Chapters = None,
    profile: Annotated[
        str, typer.Option(help="full writes the book's outputs and results; quick; smoke.")
    ] = "full",
    output: Annotated[
        Path | None, typer.Option(help="Folder for the notebooks; nothing else is written.")
    ] = None,
) -> None:
    """Run chapters for real; write outputs and results when a chapter came to its end.

    The full profile writes book/notebooks, the ledger and the timings. The others write their
    notebooks to _build/executed and the timings.
    """
    from labhelpers.course.execute import execute_chapter
    from labhelpers.course.files import find_checkout
    from labhelpers.course.start import format_minutes

    if profile not in PROFILES:
        raise UsageError(f"--profile must be full, quick or smoke, but is {profile!r}")
    checkout = find_checkout()
    for chapter in _pick(checkout, chapters):
        done = execute_chapter(checkout, chapter, profile=profile, output=output)
        told = f", {done.recorded} numbers recorded" if done.recorded else ""
        place = _shorten(done.notebook)
        print(f"{chapter.name}: {format_minutes(done.minutes)}{told}, written to {place}")


def _pick(checkout, wanted: list[str] | None) -> list:
    """Returns the chapters that are wanted; all without."""
    from labhelpers.course.chapters import find_chapter, find_chapters

    if wanted:
        return list({c.name: c for c in (find_chapter(checkout, w) for w in wanted)}.values())
    found = find_chapters(checkout)
    if not found:
        raise CourseError(f"there are no chapters in {checkout.chapters}")
    return found


def _shorten(path: Path) -> str:
    """Writes a path as short as it can be from the current folder."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)


def _run_python(*arguments: str, folder: Path, environment: dict[str, str] | None = None) -> int:
    """Runs this Python and waits; returns its exit code."""
    # The arguments are this program's own and its user's.
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment)  # noqa: S603
    return done.returncode
