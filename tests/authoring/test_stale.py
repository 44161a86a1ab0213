"""What makes a notebook or a result old, and what is to be done about it."""

from __future__ import annotations

import json

from labhelpers.authoring.chapters.sources import find_chapter
from labhelpers.authoring.chapters.sync import sync_chapter
from labhelpers.authoring.trust.stale import find_moved, find_stale


def edit_metadata(book, **changes):
    path = book.checkout.notebooks / "01_first.ipynb"
    notebook = json.loads(path.read_bytes())
    notebook["metadata"]["labhelpers"] |= changes
    path.write_text(json.dumps(notebook), encoding="utf-8")


def list_stale(book):
    return [str(stale) for stale in find_stale(book.checkout)]


def test_just_executed_nothing_is_stale(copied_book):
    assert list_stale(copied_book) == []


def test_a_chapter_that_was_never_executed_is(small_book):
    told = ["01_first.ipynb: never executed. Next: labs book run 1 (never timed)"]
    assert list_stale(small_book) == told
    sync_chapter(small_book.checkout, find_chapter(small_book.checkout, "1"))
    assert list_stale(small_book) == told


def test_changed_code_makes_a_notebook_stale_but_prose_does_not(copied_book):
    text = copied_book.read("01_first")
    copied_book.write("01_first", text.replace("Prose.", "Other prose."))
    assert list_stale(copied_book) == []
    copied_book.write("01_first", text.replace("The score is", "Its score is"))
    (stale,) = find_stale(copied_book.checkout)
    assert (stale.place, stale.reasons) == ("01_first.ipynb", ("its code has changed",))
    # The cheap step comes first; the dear one is named with its minutes.
    assert stale.step.startswith(
        "labs book verify 1; only if it finds a difference, labs book run 1 ("
    )
    assert stale.step.endswith(")")


def test_changed_code_of_a_row_makes_its_results_stale(copied_book):
    text = copied_book.read("01_first")
    copied_book.write("01_first", text.replace('"width", 3', '"width", 4'))
    assert [stale.place for stale in find_stale(copied_book.checkout)] == [
        "01_first.ipynb",
        "ledger: A2, seed 0",
    ]
    copied_book.write("01_first", text.replace('tags=["row-A2"]', 'tags=["show"]'))
    assert list_stale(copied_book)[-1].startswith("ledger: A2: measured by no chapter any more")


def test_rows_are_old_when_the_notebook_is_new(copied_book):
    ledger = copied_book.checkout.results / "ledger.jsonl"
    lines = ledger.read_text(encoding="utf-8").splitlines()
    other = json.loads(lines[0]) | {"seed": 1, "numbers": "0" * 16}
    ledger.write_text("\n".join([*lines, json.dumps(other)]) + "\n", encoding="utf-8")
    assert list_stale(copied_book) == [
        "ledger: A1, seed 1: made by other code than now. Next: labs book replicate A1"
    ]


def test_another_profile_is_stale(copied_book):
    edit_metadata(copied_book, profile="quick")
    (stale,) = find_stale(copied_book.checkout)
    assert stale.reasons == ("executed in the quick profile",)
    assert stale.step.startswith("labs book run 1")


def test_a_changed_look_is_refreshed_and_not_run(copied_book):
    edit_metadata(copied_book, look_sha256={"labhelpers.lesson.quiz": "0" * 12})
    (stale,) = find_stale(copied_book.checkout)
    assert stale.reasons == ("its look is older than labhelpers.lesson.quiz",)
    assert stale.step == "labs book refresh 1"


def test_results_that_moved_since_they_were_shown_make_a_notebook_stale(copied_book):
    ledger = copied_book.ledger()
    edit_metadata(copied_book, ledger={"A1 test_score": [1, 0.5]})
    assert list_stale(copied_book) == []
    edit_metadata(copied_book, ledger={"A1 test_score": [2, 0.5]})
    (stale,) = find_stale(copied_book.checkout)
    assert stale.reasons == ("it shows older results of A1 test_score",)
    assert stale.step.startswith("labs book run 1 (")
    assert find_moved({"A1 test_score": [1, 0.5004]}, ledger) == []
    assert find_moved({"A1 test_score": [1, 0.51]}, ledger) == ["A1 test_score"]
    assert find_moved({"Z1 gone": [0, 0.0]}, ledger) == []


def test_other_versions_are_told_and_are_no_fault(copied_book):
    edit_metadata(copied_book, versions={"numpy": "1.0.0", "python": "3.11.0"})
    done = copied_book.labs("book", "stale")
    assert done.returncode == 0
    assert done.stdout.startswith("01_first.ipynb: made with NumPy 1.0.0; installed: NumPy ")
    assert done.stdout.endswith("Next: labs book verify 1 tells whether smoke still agrees\n")


def test_the_command_lists_them_and_says_what_to_do(small_book):
    done = small_book.labs("book", "stale")
    assert done.returncode == 1
    assert done.stdout == "01_first.ipynb: never executed. Next: labs book run 1 (never timed)\n"
    assert done.stderr == "labs: 1 stale: the lines above say what to do next\n"
