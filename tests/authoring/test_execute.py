"""Executing a chapter: what is written, and what is not."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from small_books import CHAPTER

from labhelpers.authoring.chapters.sources import find_chapter, hash_code, hash_row, read_source
from labhelpers.authoring.run.execute import check_records
from labhelpers.authoring.run.kernel import Executed, clean_outputs
from labhelpers.lesson.book_error import BookError


def outputs_of(notebook, source_part):
    """The data of the outputs of the one cell that holds some code."""
    (cell,) = [c for c in notebook["cells"] if source_part in "".join(c["source"])]
    return cell["outputs"]


def test_the_full_profile_writes_outputs_ledger_and_timings(executed_book):
    notebook = executed_book.notebook("01_first")
    nbformat.validate(nbformat.from_dict(notebook))
    (said,) = outputs_of(notebook, "say(")
    assert "".join(said["data"]["text/markdown"]) == "The score is **0.5**."

    cells = read_source(find_chapter(executed_book.checkout, "1"))
    about = notebook["metadata"]["labhelpers"]
    assert about["profile"] == "full"  # whatever the variable said
    assert about["chapter"] == "01_first"
    assert about["code_sha256"] == hash_code(cells)
    assert about["minutes"] > 0
    assert about["versions"]["python"]

    score, width = executed_book.ledger()
    assert (score.row, score.metric, score.seed, score.value) == ("A1", "test_score", 0, 0.5)
    assert (width.row, width.value, width.unit) == ("A2", 3, "px")
    assert score.code == hash_row(cells, "A1") != width.code
    assert score.cpu == about["cpu"]

    timings = json.loads((executed_book.checkout.results / "timings.json").read_bytes())
    assert timings["01_first"]["full"]["minutes"] == about["minutes"]


def test_tables_of_claims_show_the_ledger_as_it_is_after_the_run(executed_book):
    (table,) = outputs_of(executed_book.notebook("01_first"), 'show_claims("A1")')
    row = "".join(table["data"]["text/markdown"]).splitlines()[-1]
    assert "0.500" in row
    assert row.endswith("| 1 | ≥ 0.5 | too few runs |")


def test_an_executed_notebook_is_in_step_and_not_stale(executed_book):
    assert executed_book.labs("book", "sync", "--check").returncode == 0
    stale = executed_book.labs("book", "stale")
    assert (stale.returncode, stale.stdout) == (0, "nothing is stale\n")


def test_a_mean_over_seeds_holds_the_run_that_shows_it(small_book):
    text = CHAPTER.replace("base = 0.5", 'base = float(os.environ["BASE"])')
    text = text.replace("import record", "import ledger_summary, record")
    shown = 'say(str(ledger_summary("A1", "test_score")))'
    small_book.write("01_first", f'{text}\n# %% tags=["show"]\n{shown}\n')
    for command in (("sync",), ("replicate", "A1", "--seeds", "2"), ("run",)):
        base = "0.75" if command == ("run",) else "0.5"
        done = small_book.labs("book", *command, BASE=base)
        assert done.returncode == 0, done.stderr
    (said,) = outputs_of(small_book.notebook("01_first"), shown)
    # Its own 0.75 and the 0.51 of seed 1, not the 0.5 that seed 0 had before.
    assert "".join(said["data"]["text/markdown"]) == "0.63 ± 0.17 (n = 2)"
    stale = small_book.labs("book", "stale")
    assert (stale.returncode, stale.stdout) == (0, "nothing is stale\n")


def test_nothing_of_the_machinery_stays_in_the_notebook(executed_book):
    text = (executed_book.checkout.notebooks / "01_first.ipynb").read_text(encoding="utf-8")
    assert "describe_process" not in text
    assert "iopub" not in text
    assert outputs_of(executed_book.notebook("01_first"), "told by a native library") == []
    files = {path.name for path in executed_book.checkout.notebooks.iterdir()}
    assert files == {"01_first.ipynb"}


def test_other_profiles_leave_the_book_as_it_is(copied_book):
    profile = "smoke"
    before = copied_book.snapshot()
    done = copied_book.labs("book", "run", "1", "--profile", profile)
    assert done.returncode == 0, done.stderr
    assert "written to _build/executed/smoke/01_first.ipynb" in done.stdout
    after = copied_book.snapshot()
    timings = json.loads(after.pop("labhelpers/lesson/results/timings.json"))
    del before["labhelpers/lesson/results/timings.json"]
    assert after == before
    assert timings["01_first"][profile]["minutes"] > 0
    assert timings["01_first"]["full"]
    written = copied_book.root / "_build" / "executed" / profile / "01_first.ipynb"
    text = outputs_of(json.loads(written.read_bytes()), "start_chapter(")[0]["text"]
    assert text[0].startswith(f"Profile: {profile} ")


def test_with_output_only_that_folder_is_written(copied_book, tmp_path):
    before = copied_book.snapshot()
    done = copied_book.labs("book", "run", "first", "--output", str(tmp_path / "there"))
    assert done.returncode == 0, done.stderr
    assert copied_book.snapshot() == before
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["01_first.ipynb"]


FAULTS = {
    "a cell fails": (
        "score = base + get_seed() / 100",
        'raise OSError("no such\\nthing")',
        '[row-A1] (raise OSError("no such\\nthing")) fails: OSError: no such',
    ),
    "the process dies": ("base = 0.5", "import os; os._exit(3)", "the process died in code cell 4"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_is_told_in_one_line_and_changes_nothing(copied_book, fault):
    right, wrong, told = FAULTS[fault]
    text = copied_book.read("01_first")
    assert right in text
    copied_book.write("01_first", text.replace(right, wrong))
    before = copied_book.snapshot()
    done = copied_book.labs("book", "run", "01")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("labs: 01_first: ")
    assert told in last
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert copied_book.snapshot() == before


def test_text_edited_while_it_runs_is_not_lost(small_book):
    text = CHAPTER.replace("base = 0.5", "import time; time.sleep(2); base = 0.5")
    chapter = small_book.write("01_first", text)
    process = small_book.start_labs("book", "run")
    process.stderr.readline()
    edited = text.replace("Prose.", "Better prose.").replace("# # First", "# # Edited")
    chapter.source.write_text(edited, encoding="utf-8")
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert chapter.source.read_text(encoding="utf-8") == edited
    assert small_book.labs("book", "sync", "--check").returncode == 1


def test_what_native_libraries_print_is_left_out_and_warnings_are_not():
    text = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1795255744.561057   28126 port.cc:153] oneDNN custom operations are on.\n"
        "2026-11-21 10:09:20.123456: I tensorflow/core/util/port.cc:113] oneDNN\n"
        "To enable the following instructions: AVX2, in other operations, rebuild\n"
    )
    warning = "/a/file.py:1: UserWarning: mind this\n"
    outputs = [
        new_output("stream", name="stdout", text="told\n"),
        new_output("stream", name="stderr", text=text + warning),
    ]
    cell = new_code_cell("1", outputs=outputs)
    clean_outputs(cell)
    assert [out["text"] for out in cell["outputs"]] == ["told\n", warning]
    cell = new_code_cell("1", outputs=[new_output("stream", name="stderr", text=text)])
    clean_outputs(cell)
    assert cell["outputs"] == []


CELLS = [new_code_cell("1", metadata={"tags": ["row-A1"]})]


def make_run(*rows, standins=()):
    """A run that recorded a number for some rows."""
    number = dict.fromkeys(("unit", "parameters", "seconds", "device", "precision"))
    records = [{"row": row, "metric": "m", "value": 1, **number} for row in rows]
    machine = {"cpu": "a CPU", "device": "a CPU"}
    report = {"records": records, "standins": list(standins), "machine": machine}
    return Executed([], [], report | {"versions": {}, "date": "2026-01-01"})


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (make_run("A1", standins=["MNIST"]), "ran on drawn stand-ins for MNIST"),
        (make_run(standins=["MNIST"]), "ran on drawn stand-ins for MNIST"),
        (make_run("A1", "A2"), "records A2, but no cell carries the tag row-A2"),
        (make_run(), "1 cells are tagged row-A1, but none of those that ran recorded anything"),
    ],
)
def test_what_may_not_go_into_the_ledger_is_refused(run, told):
    assert check_records("01_first", CELLS, make_run("A1"), seed=0, numbers="n0")
    with pytest.raises(BookError, match=told):
        check_records("01_first", CELLS, run, seed=0, numbers="n0")
