"""What a student types: `labs start`, `labs doctor`, `labs speed`; and see `data_sets`."""

import os
from contextlib import nullcontext
from typing import Annotated

import typer

from labhelpers.authoring.chapters.checkout import find_checkout, lock_files
from labhelpers.authoring.chapters.drawn_tables import write_results
from labhelpers.authoring.chapters.sources import find_chapter
from labhelpers.authoring.chapters.student_copy import copy_chapter
from labhelpers.commands.console import shorten
from labhelpers.commands.doctor import examine_machine
from labhelpers.lesson import machine_table as table
from labhelpers.lesson.book_error import BookError, UsageError
from labhelpers.lesson.result_files import find_results, replace_files


def start(
    chapter: Annotated[str, typer.Argument(help="Number, name or part of it: 1, mnist.")],
    again: Annotated[
        str | None, typer.Option("--again", metavar="NAME", help="Name of another copy.")
    ] = None,
) -> None:
    """Copy a chapter into my/ to work in.

    Without its outputs. A copy that is there already is never overwritten.
    """
    checkout = find_checkout()
    copy = copy_chapter(checkout, find_chapter(checkout, chapter), name=again)
    print(f"{shorten(copy)} is yours. Open it with: jupyter lab {shorten(copy)}")


def doctor() -> None:
    """Say what this machine has and what it lacks."""
    found, advice = examine_machine()
    width = max(len(title) for title, _ in found)
    for title, text in found:
        print(f"{title:<{width}}  {text}")
    print("\nTo do:" if advice else "\nNothing to do.")
    for sentence in advice:
        print(f"- {sentence}")


def speed(
    size: Annotated[int, typer.Option(min=1, hidden=True)] = 2048,
    steps: Annotated[int | None, typer.Option(min=1, hidden=True)] = None,
) -> None:
    """Measure how fast this machine trains.

    In less than a minute: matrix products, and the networks of the Shapes part. Writes this
    machine's row into the book's table of machines, also without a checkout, as in Colab.
    """
    try:
        checkout = find_checkout()
    except UsageError:
        checkout = None
    folder = checkout.results if checkout else find_results()
    path = folder / table.MACHINES_NAME
    table.read_machines(path)  # a bad row is told before the work, not after it
    print("measuring, for less than a minute; leave the machine alone meanwhile", flush=True)
    machine = _measure_machine(size, steps)
    with lock_files(checkout) if checkout else nullcontext():
        machines = table.merge_machine(table.read_machines(path), machine)
        if checkout:
            write_results(checkout, machines=machines)
        else:
            replace_files({path: table.write_machines(machines)})
    print(table.draw_machines([machine])["text/plain"])
    print(f"\nwritten to {shorten(path)}, as this line:\n")
    print(table.write_machines([machine]), end="")


def _measure_machine(size: int, steps: int | None) -> table.Machine:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        # The one command that needs a backend.
        from labhelpers.training.speed import measure_all

        return table.Machine(**measure_all(size=size, steps=steps))
    except ModuleNotFoundError:
        raise
    except Exception as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise BookError(f"the measurement failed: {said}") from error
