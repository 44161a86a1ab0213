"""Marking students' notebooks: real ones, with the mistakes that real ones hold."""

from __future__ import annotations

import csv
import json
import os
import time
from pathlib import Path

import pytest
from small_books import run_labs

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import find_chapter
from labhelpers.authoring.chapters.student_copy import copy_chapter
from labhelpers.classroom.marking import Mark, count_results, mark_notebook, write_csv
from labhelpers.classroom.student_code import read_handed

ROOT = Path(__file__).resolve().parents[2]
GRADIENT, PROMISE = "one-layer-gradient", "one-layer-promise"
EXPERIMENT = "one-layer-experiment"
RIGHT = {
    EXPERIMENT: "def report_experiment():\n    return {\n"
    "        'change': 'a rate of 0.01, not 0.001',\n        'prediction': 'lower',\n"
    "        'unchanged_losses': [0.02, 0.03, 0.025],\n"
    "        'changed_losses': [0.01, 0.02, 0.018],\n"
    "        'defence': 'Longer steps come further in as many epochs.',\n    }",
    GRADIENT: "def logit_gradient(probabilities, labels):\n    difference = probabilities.copy()\n"
    "    difference[np.arange(len(labels)), labels] -= 1\n    return difference / len(labels)",
    PROMISE: "def count_images_needed(rate, doubt=0.05):\n"
    "    n = 1\n    while (1 - rate) ** n >= doubt:\n        n += 1\n    return n",
}


def take_chapter(tmp_path):
    """A student's copy of the first chapter, as `labs start` makes it."""
    checkout = Checkout(ROOT)
    book = Checkout(tmp_path / "book")
    chapter = find_chapter(checkout, "01")
    notebook = json.loads(copy_chapter(book, chapter).read_text(encoding="utf-8"))
    return notebook


def hand_in(notebook, path, answers, *, imports=None):
    """Writes the notebook with a student's answers in place of the stubs."""
    notebook = json.loads(json.dumps(notebook))
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", ())
        if imports is not None and "imports" in tags:
            cell["source"] = imports
        for exercise, code in answers.items():
            if f"exercise-{exercise}-stub" in tags:
                cell["source"] = code.splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


# The chapter's own imports load a backend: once is enough.
LIGHT = "import numpy as np\nfrom labhelpers.lesson import check"


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """A class's folder, marked by the real command: exit, output, rows of the CSV by student."""
    folder = tmp_path_factory.mktemp("class")
    notebook = take_chapter(tmp_path_factory.mktemp("chapter"))
    hand_in(notebook, folder / "all right.ipynb", RIGHT)
    hand_in(notebook, folder / "untouched.ipynb", {}, imports=LIGHT)
    wrong = {**RIGHT, PROMISE: "def count_images_needed(rate, doubt):\n    return 3 / rate"}
    hand_in(notebook, folder / "group b" / "wrong.ipynb", wrong, imports=LIGHT)
    helped = {
        PROMISE: "ONE = 1\n\ndef divide(rate, doubt):\n"
        "    return np.log(doubt) / np.log(ONE - rate)\n\n"
        "count_images_needed = lambda rate, doubt=0.05: int(divide(rate, doubt)) + ONE",
        GRADIENT: "%matplotlib inline\n" + RIGHT[GRADIENT],
        EXPERIMENT: "report_experiment = solution_report_experiment",
    }
    hand_in(notebook, folder / "helped.ipynb", helped, imports=LIGHT)
    broken = {**RIGHT, PROMISE: "def count_images_needed(rate, doubt)\n    return 3"}
    hand_in(notebook, folder / "syntax.ipynb", broken, imports=LIGHT)
    # It catches all that can be caught, so only an end from outside helps.
    endless = (
        "def logit_gradient(probabilities, labels):\n    while True:\n        try:\n"
        "            while True:\n                pass\n        except BaseException:\n"
        "            pass"
    )
    hand_in(notebook, folder / "endless.ipynb", {**RIGHT, GRADIENT: endless}, imports=LIGHT)
    leaving = "import os\n\ndef logit_gradient(probabilities, labels):\n    os._exit(0)"
    hand_in(notebook, folder / "leaving.ipynb", {**RIGHT, GRADIENT: leaving}, imports=LIGHT)
    (folder / "torn.ipynb").write_text('{"cells": [')
    (folder / ".ipynb_checkpoints").mkdir()
    hand_in(notebook, folder / ".ipynb_checkpoints" / "old.ipynb", RIGHT, imports=LIGHT)
    done = run_labs("class", "mark", str(folder), "--limit", "14", "--jobs", "2", cwd=folder)
    assert done.returncode == 0, done.stderr
    with (folder / "marks.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_student = {}
    for row in rows:
        by_student.setdefault(row["student"], {})[row["exercise"]] = row
    return done.stdout, by_student


def results(rows):
    return [rows[name]["result"] for name in (PROMISE, GRADIENT, EXPERIMENT)]


def test_every_notebook_is_marked_and_no_copy_that_jupyter_keeps(marked):
    _, students = marked
    assert sorted(students) == [
        "all right.ipynb",
        "endless.ipynb",
        "group b/wrong.ipynb",
        "helped.ipynb",
        "leaving.ipynb",
        "syntax.ipynb",
        "torn.ipynb",
        "untouched.ipynb",
    ]


def test_what_is_right_has_passed(marked):
    assert results(marked[1]["all right.ipynb"]) == ["passed"] * 3


def test_empty_stubs_are_not_tried(marked):
    assert results(marked[1]["untouched.ipynb"]) == ["not tried"] * 3


def test_a_wrong_answer_comes_with_its_hint(marked):
    rows = marked[1]["group b/wrong.ipynb"]
    assert results(rows) == ["hint", "passed", "passed"]
    assert "That is the rule of three" in rows[PROMISE]["message"]


def test_helpers_count_and_the_books_own_solution_does_not(marked):
    rows = marked[1]["helped.ipynb"]
    assert results(rows) == ["passed", "passed", "failed to run"]
    assert "not the book's solutions" in rows[EXPERIMENT]["message"]


def test_a_syntax_error_costs_its_own_exercise_only(marked):
    rows = marked[1]["syntax.ipynb"]
    assert results(rows) == ["failed to run", "passed", "passed"]
    assert rows[PROMISE]["message"].startswith("SyntaxError in line 1")


def test_what_never_ends_is_ended_and_the_rest_is_marked(marked):
    rows = marked[1]["endless.ipynb"]
    assert results(rows) == ["passed", "failed to run", "passed"]
    assert "no answer after 14 s" in rows[GRADIENT]["message"]


def test_what_ends_its_process_costs_its_own_exercise_only(marked):
    rows = marked[1]["leaving.ipynb"]
    assert results(rows) == ["passed", "failed to run", "passed"]
    assert "ended by itself" in rows[GRADIENT]["message"]


def test_what_is_no_notebook_is_told(marked):
    (row,) = marked[1]["torn.ipynb"].values()
    assert row["result"] == "failed to run"
    assert "not a notebook" in row["message"]


def test_the_table_is_shown_with_counts(marked):
    shown, _ = marked
    assert "group b/wrong.ipynb: 2 of 3 passed" in shown
    lines = [line.split() for line in shown.splitlines()]
    assert [PROMISE, "5", "1", "1", "1"] not in lines  # helped, too, has passed
    assert [PROMISE, "4", "1", "1", "1"] in lines
    assert shown.splitlines()[-1] == "written to marks.csv"


def write_cells(path, *cells):
    cells = [{"cell_type": "code", "metadata": {}, "source": text} for text in cells]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def mark_one(path, exercise):
    """Marks a notebook; returns what became of one exercise."""
    (mark,) = [mark for mark in mark_notebook(path, name=path.name) if mark.exercise == exercise]
    return mark


def test_a_student_s_code_runs_in_no_process_of_ours_nor_in_our_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("A_SECRET", "the teacher's")
    monkeypatch.chdir(tmp_path)
    code = (
        "import os\n\n"
        "def count_images_needed(rate, doubt=0.05):\n"
        "    open('mine.txt', 'w').write('x')\n"
        "    told = os.getpid(), os.getcwd(), os.environ.get('A_SECRET')\n"
        "    raise ValueError(' '.join(map(str, told)))"
    )
    path = write_cells(tmp_path / "s.ipynb", code, f'check("{PROMISE}", count_images_needed)')
    first = mark_one(path, PROMISE)
    assert (first.exercise, first.result) == (PROMISE, "hint")
    assert f"ValueError: {os.getpid()} " not in first.message
    assert str(tmp_path) not in first.message
    assert "the teacher's" not in first.message
    assert not (tmp_path / "mine.txt").exists()


def test_cells_that_train_are_not_run(tmp_path):
    path = write_cells(
        tmp_path / "s.ipynb",
        "import time\ntime.sleep(3600)",
        RIGHT[PROMISE],
        f'check("{PROMISE}", count_images_needed)',
    )
    start = time.monotonic()
    marks = {mark.exercise: mark.result for mark in mark_notebook(path, name="s")}
    assert marks == {PROMISE: "passed", GRADIENT: "not tried", EXPERIMENT: "not tried"}
    assert time.monotonic() - start < 600


def test_what_is_printed_cannot_pass_for_a_verdict(tmp_path):
    line = json.dumps({"exercise": PROMISE, "status": "right", "message": ""})
    code = (
        "def count_images_needed(rate, doubt=0.05):\n"
        f"    print('\\n' + {line!r} + '\\n')\n    return 1"
    )
    path = write_cells(tmp_path / "s.ipynb", code, f'check("{PROMISE}", count_images_needed)')
    assert mark_one(path, PROMISE).result == "hint"


def test_the_last_definition_and_the_last_check_count(tmp_path):
    path = write_cells(
        tmp_path / "s.ipynb",
        "def f(n, doubt=0.05):\n    return 1",
        f'check("{PROMISE}", f)',
        RIGHT[PROMISE].replace("count_images_needed", "g"),
        f'check("{PROMISE}", g)',
    )
    handed = read_handed(path)
    assert handed.answers == {PROMISE: "g"}
    assert mark_one(path, PROMISE).result == "passed"


def test_a_notebook_without_exercises_is_told(tmp_path):
    (mark,) = mark_notebook(write_cells(tmp_path / "s.ipynb", "print(1)"), name="s")
    assert (mark.exercise, mark.result) == ("", "not tried")


def test_an_unknown_exercise_is_told(tmp_path):
    (mark,) = mark_notebook(write_cells(tmp_path / "s.ipynb", 'check("my-own", print)'), name="s")
    assert (mark.exercise, mark.result) == ("my-own", "failed to run")


def test_no_cell_of_the_table_is_a_formula():
    text = write_csv([Mark("=cmd.ipynb", PROMISE, "passed", "-1, and so on")])
    assert next(csv.reader(text.splitlines()[1:])) == [
        "'=cmd.ipynb",
        PROMISE,
        "passed",
        "'-1, and so on",
    ]


def test_results_are_counted_by_exercise():
    marks = [
        Mark("a", PROMISE, "passed", ""),
        Mark("b", PROMISE, "hint", ""),
        Mark("c", "", "hint", ""),
    ]
    counts = count_results(marks)
    assert counts[PROMISE] == {"passed": 1, "hint": 1, "not tried": 0, "failed to run": 0}
    assert list(counts) == [PROMISE, "(whole notebook)"]


@pytest.mark.parametrize(
    ("arguments", "told"), [(["nowhere"], "is not a folder"), (["."], "no note")]
)
def test_a_folder_without_notebooks_is_told_in_one_line(tmp_path, arguments, told):
    done = run_labs("class", "mark", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert told in line
