"""What makes a notebook or a result old."""

from __future__ import annotations

import json

import pytest

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import find_chapter
from labhelpers.authoring.chapters.sync import sync_chapter
from labhelpers.authoring.trust.hashing import hash_widgets
from labhelpers.authoring.trust.stale import find_moved, find_stale, hash_modules


def edit_metadata(book, **changes):
    path = book.checkout.notebooks / "01_first.ipynb"
    notebook = json.loads(path.read_bytes())
    notebook["metadata"]["labhelpers"] |= changes
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def package_file(copied_book):
    """A file of the package that the chapter used, as it was then."""
    path = copied_book.root / "labhelpers" / "training" / "seeds.py"
    path.parent.mkdir(parents=True)
    path.write_text('"""Seeds."""\n\nSPAN = 1  # one\n', encoding="utf-8")
    checkout = Checkout(copied_book.root)
    edit_metadata(copied_book, package_sha256=hash_modules(checkout, ["labhelpers.training.seeds"]))
    return path


def test_just_executed_nothing_is_stale(copied_book):
    assert find_stale(copied_book.checkout) == []


def test_a_chapter_that_was_never_executed_is(small_book):
    assert find_stale(small_book.checkout) == ["01_first.ipynb: never executed"]
    sync_chapter(small_book.checkout, find_chapter(small_book.checkout, "1"))
    assert find_stale(small_book.checkout) == ["01_first.ipynb: never executed"]


def test_changed_code_makes_a_notebook_stale_but_prose_does_not(copied_book):
    text = copied_book.read("01_first")
    copied_book.write("01_first", text.replace("Prose.", "Other prose."))
    assert find_stale(copied_book.checkout) == []
    copied_book.write("01_first", text.replace("The score is", "Its score is"))
    assert find_stale(copied_book.checkout) == ["01_first.ipynb: its code has changed"]


def test_changed_code_of_a_row_makes_its_results_stale(copied_book):
    text = copied_book.read("01_first")
    copied_book.write("01_first", text.replace('"width", 3', '"width", 4'))
    assert find_stale(copied_book.checkout) == [
        "01_first.ipynb: its code has changed",
        "ledger: A2, seed 0: made by other code than now",
    ]
    copied_book.write("01_first", text.replace('tags=["row-A2"]', 'tags=["show"]'))
    assert find_stale(copied_book.checkout)[-1] == "ledger: A2 is measured by no chapter any more"


def test_a_changed_file_of_the_package_is_named(copied_book, package_file):
    assert find_stale(copied_book.checkout) == []
    package_file.write_text('"""Seeds, better told."""\n\nSPAN = 1\n', encoding="utf-8")
    assert find_stale(copied_book.checkout) == []
    package_file.write_text('"""Seeds."""\n\nSPAN = 2\n', encoding="utf-8")
    assert find_stale(copied_book.checkout) == ["01_first.ipynb: labhelpers.training.seeds changed"]
    package_file.unlink()
    assert find_stale(copied_book.checkout) == ["01_first.ipynb: labhelpers.training.seeds changed"]


def test_another_profile_is_stale(copied_book):
    edit_metadata(copied_book, profile="quick")
    assert find_stale(copied_book.checkout) == ["01_first.ipynb: executed in the quick profile"]


@pytest.mark.parametrize(
    "name", ["a.js", "part.js", "widgets.css", "weights/a.bin", "weights/part/a.bin"]
)
def test_changed_widgets_make_notebooks_that_show_them_stale(copied_book, name):
    folder = copied_book.root / "labhelpers" / "insight" / "widgets"
    for part in ("part", "other"):
        (folder / "weights" / part).mkdir(parents=True)
    (folder / "a.js").write_text('import { one } from "./part.js";\n')
    (folder / "part.js").write_text("export const one = 1;\n")
    assert find_stale(copied_book.checkout) == []
    path = copied_book.checkout.notebooks / "01_first.ipynb"
    notebook = json.loads(path.read_bytes())
    state = {
        "f0": {"state": {"_anywidget_id": "labhelpers.widgets.a.A"}},
        "f1": {"state": {}},
    }
    notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": state}
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")
    edit_metadata(
        copied_book, widgets_sha256=hash_widgets(copied_book.checkout, notebook["metadata"])
    )
    assert find_stale(copied_book.checkout) == []
    (folder / "other.js").write_text("of no matter here")
    (folder / "weights" / "other" / "b.bin").write_text("nor this")
    assert find_stale(copied_book.checkout) == []
    (folder / name).write_text((folder / name).read_text() + "1" if name == "a.js" else "1")
    assert find_stale(copied_book.checkout) == ["01_first.ipynb: the widgets changed"]


def test_results_that_moved_since_they_were_shown_make_a_notebook_stale(copied_book):
    ledger = copied_book.ledger()
    edit_metadata(copied_book, ledger={"A1 test_score": [1, 0.5]})
    assert find_stale(copied_book.checkout) == []
    edit_metadata(copied_book, ledger={"A1 test_score": [2, 0.5]})
    assert find_stale(copied_book.checkout) == [
        "01_first.ipynb: it shows older results of A1 test_score"
    ]
    assert find_moved({"A1 test_score": [1, 0.5004]}, ledger) == []
    assert find_moved({"A1 test_score": [1, 0.51]}, ledger) == ["A1 test_score"]
    assert find_moved({"Z1 gone": [0, 0.0]}, ledger) == []


def test_the_command_lists_them_and_says_what_renews_them(small_book):
    done = small_book.labs("book", "stale")
    assert done.returncode == 1
    assert done.stdout == "01_first.ipynb: never executed\n"
    assert done.stderr.startswith("labs: 1 stale: labs book run renews notebooks")
