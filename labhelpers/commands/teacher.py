"""What a teacher types: `labs class mark` and `labs class serve`."""

import errno
from pathlib import Path
from typing import Annotated

import joblib
import typer

from labhelpers.classroom.marking import RESULTS, Mark, count_results, mark_folder, write_csv
from labhelpers.classroom.serving import DataServer, prepare
from labhelpers.commands.console import shorten
from labhelpers.commands.data_sets import ALL, Names, choose_doors
from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.disk import is_there
from labhelpers.insight.show.tables import draw_table
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.result_files import replace_files

app = typer.Typer(rich_markup_mode=None)


@app.command()
def mark(
    folder: Annotated[Path, typer.Argument(help="The students' notebooks, at any depth.")],
    table: Annotated[
        Path | None, typer.Option("--csv", help="Where the table goes; FOLDER/marks.csv without.")
    ] = None,
    limit: Annotated[
        float, typer.Option(min=1.0, help="Seconds before an exercise is ended from outside.")
    ] = 20.0,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Notebooks at a time; one a core without.")
    ] = None,
) -> None:
    """Check the exercises in a folder of students' notebooks.

    Each notebook's imports, functions and constants run in a process of their own, without the
    rest of the chapter, and each answer is checked as the chapter checks it. Prints a table and
    writes it as CSV: passed, hint, not tried, failed to run.
    """

    def tell(name: str, marks: list[Mark]) -> None:
        passed = sum(mark.result == "passed" for mark in marks)
        print(f"{name}: {passed} of {len(marks)} passed", flush=True)

    marks = mark_folder(folder, limit_s=limit, jobs=jobs or joblib.cpu_count(), on_done=tell)
    rows = [[m.student, m.exercise, m.result, _clip(m.message)] for m in marks]
    print("\n" + draw_table(["student", "exercise", "result", "what was said"], rows)["text/plain"])
    counts = [[name, *row.values()] for name, row in count_results(marks).items()]
    print("\n" + draw_table(["exercise", *RESULTS], counts)["text/plain"])
    path = table or folder / "marks.csv"
    replace_files({path: write_csv(marks)})
    print(f"\nwritten to {shorten(path)}")


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
    files = []
    for door in choose_doors(names or [ALL]):
        try:
            if not names and not is_there(door.path):
                print(f"{door.spec.name}: not there, not served")
                continue
            print(f"{door.spec.name}: checking ...", flush=True)
            files.append(prepare(door))
        except DataError as error:
            raise BookError(str(error)) from error
    if not files:
        raise BookError("there is nothing to serve: labs data get mnist comes first")
    try:
        server = DataServer(files, host=host, port=port)
    except OSError as error:
        is_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
        advice = "--port 0" if is_port else "--host 0.0.0.0 for all the network"
        raise BookError(
            f"cannot listen on {host}, port {port} ({error.strerror}): try {advice}"
        ) from error
    with server:
        print(f"serving {', '.join(file.name for file in files)}; stop with Ctrl+C")
        print(f"on the class's machines: LABHELPERS_MIRROR={server.address}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")


def _clip(text: str, length: int = 72) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
