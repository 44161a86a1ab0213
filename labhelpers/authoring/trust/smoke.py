"""A chapter run in smoke from the package of a given folder."""

import dataclasses
import json
import shutil
from pathlib import Path

from labhelpers.authoring.chapters.notebooks import make_notebook
from labhelpers.authoring.chapters.sources import Chapter, list_code
from labhelpers.authoring.run.kernel import Executed, holds_package, make_environment, run_cells
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import LEDGER_NAME, Entry
from labhelpers.lesson.machine_table import MACHINES_NAME
from labhelpers.lesson.result_files import read_text
from labhelpers.lesson.start import TIMINGS_NAME


def run_in_smoke(
    chapter: Chapter, text: str, *, tree: Path, results: Path, folder: Path, title: str
) -> Executed:
    """Runs all code cells of a chapter's text in smoke, with seed 0, in a current folder.

    `tree` is the folder whose `labhelpers` is imported; where it holds none, that of this Python.
    """
    notebook = make_notebook(chapter, text=text)
    environment = make_environment(profile="smoke", seed=0, results=results, tree=tree)
    done = run_cells(
        notebook, list_code(notebook.cells), folder=folder, environment=environment, title=title
    )
    elsewhere = {Path(home).resolve() for home in done.report["homes"]} - {tree.resolve()}
    if holds_package(tree) and elsewhere:
        raise BookError(
            f"{title}: the run took labhelpers from {', '.join(map(str, sorted(elsewhere)))}, not "
            f"from {tree}: leave a virtual environment that holds another copy, or install this "
            "clone in it with pip install -e ."
        )
    return done


def mix_results(old: Path, new: Path, target: Path) -> None:
    """Makes the results that today's code is to read, so that it sees what the older code saw.

    The ledger, in today's form, the timings and the machines are those of `old`; all else of `new`.
    """
    shutil.copytree(new, target)
    for name in (TIMINGS_NAME, MACHINES_NAME):
        if (old / name).is_file():
            shutil.copyfile(old / name, target / name)
    names = [field.name for field in dataclasses.fields(Entry)]
    lines = [json.loads(line) for line in (read_text(old / LEDGER_NAME) or "").splitlines()]
    kept = [{name: line.get(name, "") for name in names} for line in lines]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
    (target / LEDGER_NAME).write_text(text, encoding="utf-8")
