"""The command for teachers: mark."""

from pathlib import Path
from typing import Annotated

import typer

from labhelpers.commands.console import shorten


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
    from labhelpers.classroom.marking import RESULTS, Mark, count_results, mark_folder, write_csv
    from labhelpers.insight.show.tables import draw_table
    from labhelpers.lesson.files import replace_files
    from labhelpers.training.hardware import count_cores

    def tell(name: str, marks: list[Mark]) -> None:
        passed = sum(mark.result == "passed" for mark in marks)
        print(f"{name}: {passed} of {len(marks)} passed", flush=True)

    marks = mark_folder(folder, limit_s=limit, jobs=jobs or count_cores(), on_done=tell)
    rows = [[m.student, m.exercise, m.result, _clip(m.message)] for m in marks]
    print("\n" + draw_table(["student", "exercise", "result", "what was said"], rows)["text/plain"])
    counts = [[name, *row.values()] for name, row in count_results(marks).items()]
    print("\n" + draw_table(["exercise", *RESULTS], counts)["text/plain"])
    path = table or folder / "marks.csv"
    replace_files({path: write_csv(marks)})
    print(f"\nwritten to {shorten(path)}")


def _clip(text: str, length: int = 72) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
