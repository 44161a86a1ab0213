"""What commands share."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import Chapter, find_chapter, find_chapters
from labhelpers.lesson.book_error import BookError

Chapters = Annotated[
    list[str] | None, typer.Argument(help="Number, name or part of it: 1, 01_one_layer, mnist.")
]


def show_help(context: typer.Context) -> None:
    """Prints the help of a group of commands that stands alone."""
    if context.invoked_subcommand is None:
        print(context.get_help())


def pick_chapters(checkout: Checkout, wanted: list[str] | None) -> list[Chapter]:
    """Returns the chapters that are wanted, each once; all without."""
    if wanted:
        return list({c.name: c for c in (find_chapter(checkout, w) for w in wanted)}.values())
    found = find_chapters(checkout)
    if not found:
        raise BookError(f"there are no chapters in {checkout.chapters}")
    return found


def shorten(path: Path) -> str:
    """Writes a path as short as it can be from the current folder."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)


def run_python(*arguments: str, folder: Path, environment: dict[str, str] | None = None) -> int:
    """Runs this Python and waits; returns its exit code."""
    # The arguments are this program's own and its user's.
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment)  # noqa: S603
    return done.returncode
