"""`labs data`: where the data are, getting them, checking them, handing them to a class."""

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from labhelpers.lesson.course_error import CourseError, UsageError

app = typer.Typer(
    name="data",
    help="The data sets: mnist, cifar10, cats_vs_dogs.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
)

_ALL = "all"
Names = Annotated[list[str] | None, typer.Argument(help="mnist, cifar10, cats_vs_dogs or all.")]


@app.callback()
def _show_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def where() -> None:
    """Print the data folder."""
    from labhelpers.data.fetch.places import data_root

    print(data_root())


@app.command()
def status() -> None:
    """Say what is there and what is missing, without reading it all."""
    from labhelpers.data.fetch.places import data_root
    from labhelpers.data.sets.catalogue import DOORS

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
    from labhelpers.data.fetch.data_error import DataError

    if not names:
        raise UsageError("say which: labs data get mnist, cifar10, cats_vs_dogs or all")
    wrong = []
    for door in _choose(names):
        try:
            path = door.fetch() if source is None else door.take(source.expanduser().absolute())
            print(f"{door.spec.name}: {door.verify()}, in {path}")
        except DataError as error:
            wrong.append(str(error))
        except KeyboardInterrupt:
            raise CourseError("stopped; the same command goes on from here") from None
    _tell(wrong)


@app.command()
def verify(names: Names = None) -> None:
    """Read the data as a whole and check every digest.

    Without names: what is there. Wrong if a file is; with names also if one is missing.
    """
    from labhelpers.data.fetch.data_error import DataError
    from labhelpers.data.fetch.disk import is_there

    wrong = []
    for door in _choose(names or [_ALL]):
        try:
            if not names and not is_there(door.path):
                print(f"{door.spec.name}: not there")
                continue
            print(f"{door.spec.name}: {door.verify()}")
        except DataError as error:
            wrong.append(str(error))
    _tell(wrong)


@app.command()
def serve(
    names: Names = None,
    host: Annotated[
        str, typer.Option(help="0.0.0.0 to serve the local network, not this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8765,
) -> None:
    """Hand verified data to a class over the local network, until Ctrl+C.

    Serves what is there, and only that: no other file, no list of files.
    """
    from labhelpers.classroom.serving import DataServer, prepare
    from labhelpers.data.fetch.data_error import DataError
    from labhelpers.data.fetch.disk import is_there

    files = []
    for door in _choose(names or [_ALL]):
        try:
            if not names and not is_there(door.path):
                print(f"{door.spec.name}: not there, not served")
                continue
            print(f"{door.spec.name}: checking ...", flush=True)
            files.append(prepare(door))
        except DataError as error:
            raise CourseError(str(error)) from error
    if not files:
        raise CourseError("there is nothing to serve: labs data get mnist comes first")
    try:
        server = DataServer(files, host=host, port=port)
    except OSError as error:
        is_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
        advice = "--port 0" if is_port else "--host 0.0.0.0 for all the network"
        raise CourseError(
            f"cannot listen on {host}, port {port} ({error.strerror}): try {advice}"
        ) from error
    with server:
        print(f"serving {', '.join(file.name for file in files)}; stop with Ctrl+C")
        print(f"on the class's machines: LABHELPERS_MIRROR={server.address}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")


def _choose(names: list[str]) -> list:
    from labhelpers.data.sets.catalogue import DOORS

    unknown = [name for name in names if name not in DOORS and name != _ALL]
    if unknown:
        known = ", ".join([*DOORS, _ALL])
        raise UsageError(f"there is no data set {unknown[0]!r}: write one of {known}")
    return list(DOORS.values()) if _ALL in names else [DOORS[name] for name in names]


def _tell(wrong: list[str]) -> None:
    """Says what is wrong, one line each, and ends with an error if anything is."""
    for message in dict.fromkeys(wrong[:-1]):
        if message != wrong[-1]:
            print(f"labs: {message}", file=sys.stderr)
    if wrong:
        raise CourseError(wrong[-1])


def _describe_mirror() -> str:
    from labhelpers.data.fetch.data_error import DataError
    from labhelpers.data.fetch.fetching import find_mirror

    try:
        return find_mirror() or "none (LABHELPERS_MIRROR)"
    except DataError as error:
        return f"wrong: {error}"


def _describe(door: object) -> str:
    from labhelpers.data.fetch.data_error import DataError
    from labhelpers.data.fetch.disk import is_there

    try:
        if not is_there(door.path):
            return f"missing: labs data get {door.spec.name}"
    except DataError as error:
        raise CourseError(str(error)) from error
    size = _measure(door.path)
    count = sum(1 for path in door.path.glob("*/*/*")) if door.path.is_dir() else 0
    pictures = f"{count:,} pictures, " if count else ""
    return f"there, {pictures}{size / 1e6:,.0f} MB: {door.path}"


def _measure(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
