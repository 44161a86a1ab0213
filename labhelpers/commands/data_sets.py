"""`labs data`: where the data are, getting them, checking them."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from labhelpers.commands.console import show_help
from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.disk import is_there
from labhelpers.data.fetch.fetching import find_mirror
from labhelpers.data.fetch.places import data_root
from labhelpers.data.sets.array_door import ArrayDoor
from labhelpers.data.sets.catalogue import DOORS
from labhelpers.data.sets.picture_door import PictureDoor
from labhelpers.lesson.book_error import BookError, UsageError

app = typer.Typer(
    name="data",
    help="Find, get and verify the data sets.",
    callback=show_help,
    invoke_without_command=True,
)

ALL = "all"
Names = Annotated[list[str] | None, typer.Argument(help="mnist, cifar10, cats_vs_dogs or all.")]


@app.command()
def where() -> None:
    """Print the data folder."""
    print(data_root())


@app.command()
def status() -> None:
    """Say what is there and what is missing, without reading it all."""
    root = data_root()
    print(f"data folder   {root}")
    above = (root, *root.parents)
    standing = next(folder for folder in above if os.access(folder, os.X_OK) and folder.is_dir())
    print(f"free there    {shutil.disk_usage(standing).free / 1e9:.1f} GB")
    print(f"mirror        {_describe_mirror()}")
    for name, door in DOORS.items():
        print(f"{name:<13} {_describe(door)}")
    for name in ("cache", "downloads"):
        folder = root / name
        if folder.is_dir():
            print(f"{name:<13} {_measure(folder) / 1e6:,.0f} MB, may be deleted: {folder}")


@app.command()
def get(
    names: Names = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A stick's folder, a zip file or a file, in place of the net."),
    ] = None,
) -> None:
    """Download what is missing, or take it from a stick."""
    if not names:
        raise UsageError("say which: labs data get mnist, cifar10, cats_vs_dogs or all")
    wrong = []
    for door in choose_doors(names):
        try:
            path = door.fetch() if source is None else door.take(source.expanduser().absolute())
            print(f"{door.spec.name}: {door.verify()}, in {path}")
        except DataError as error:
            wrong.append(str(error))
        except KeyboardInterrupt:
            raise BookError("stopped; the same command goes on from here") from None
    _tell(wrong)


@app.command()
def verify(names: Names = None) -> None:
    """Read the data as a whole and check every digest.

    Without names: what is there. Wrong if a file is; with names also if one is missing.
    """
    wrong = []
    for door in choose_doors(names or [ALL]):
        try:
            if not names and not is_there(door.path):
                print(f"{door.spec.name}: not there")
                continue
            print(f"{door.spec.name}: {door.verify()}")
        except DataError as error:
            wrong.append(str(error))
    _tell(wrong)


def choose_doors(names: list[str]) -> list[ArrayDoor | PictureDoor]:
    """Returns the data sets of these names, of which one may be "all"."""
    unknown = [name for name in names if name not in DOORS and name != ALL]
    if unknown:
        known = ", ".join([*DOORS, ALL])
        raise UsageError(f"there is no data set {unknown[0]!r}: write one of {known}")
    return list(DOORS.values()) if ALL in names else [DOORS[name] for name in names]


def _tell(wrong: list[str]) -> None:
    """Says what is wrong, one line each, and ends with an error if anything is."""
    for message in dict.fromkeys(wrong[:-1]):
        if message != wrong[-1]:
            print(f"labs: {message}", file=sys.stderr)
    if wrong:
        raise BookError(wrong[-1])


def _describe_mirror() -> str:
    try:
        return find_mirror() or "none (LABHELPERS_MIRROR)"
    except DataError as error:
        return f"wrong: {error}"


def _describe(door: ArrayDoor | PictureDoor) -> str:
    try:
        if not is_there(door.path):
            return f"missing: labs data get {door.spec.name}"
    except DataError as error:
        raise BookError(str(error)) from error
    size = _measure(door.path)
    count = sum(1 for path in door.path.glob("*/*/*")) if door.path.is_dir() else 0
    pictures = f"{count:,} pictures, " if count else ""
    return f"there, {pictures}{size / 1e6:,.0f} MB: {door.path}"


def _measure(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
