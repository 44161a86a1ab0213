"""Renewing what a notebook looks like, without running it."""

from __future__ import annotations

import json

import pytest
from nbformat.v4 import new_code_cell
from verified_books import CHAPTER, VerifiedBook, copy_book, make_verified_book

from labhelpers.authoring.trust.refresh import needs_no_run

WIDGETS = """
# %% tags=["show"]
from labhelpers.widgets import show_corner_finder

show_corner_finder()

# %% tags=["show"]
from labhelpers.widgets import show_frames

show_frames(noisy, label="Step", values=range(4), texts=["a"] * 4, width_px=100, title="Noise")
"""
STATES = "application/vnd.jupyter.widget-state+json"


@pytest.fixture(scope="module")
def whole_book(tmp_path_factory) -> VerifiedBook:
    """A book with two widgets, one of them made of the run's numbers."""
    root = tmp_path_factory.mktemp("refreshed") / "book"
    return make_verified_book(root, c01_first=CHAPTER + WIDGETS)


@pytest.fixture
def book(whole_book, tmp_path) -> VerifiedBook:
    return copy_book(whole_book, tmp_path / "book")


def list_widgets(notebook):
    states = notebook["metadata"]["widgets"][STATES]["state"]
    return {
        one["state"]["_anywidget_id"].split(".")[-2]: one
        for one in states.values()
        if "_anywidget_id" in one["state"]
    }


def find_output(notebook, source):
    (cell,) = [c for c in notebook["cells"] if source in "".join(c["source"])]
    return json.dumps(cell["outputs"])


def test_a_look_of_today_stays_byte_for_byte(book):
    before = book.snapshot()
    done = book.labs("book", "refresh", "1")
    assert done.returncode == 0, done.stderr
    assert book.snapshot() == before
    assert done.stdout.startswith("01_first: its look was that of today\n")


def test_what_needs_no_run_is_made_anew_and_the_rest_is_told(book):
    before = book.notebook("01_first")
    book.edit("labhelpers/lesson/quiz.py", "✗ No.", "✗ Not so.")
    book.edit("labhelpers/lesson/checks.py", "Nothing is answered", "Nothing stands here")
    book.edit("labhelpers/widgets/corner_finder.py", "((14.0, 20.0)", "((15.0, 20.0)")
    book.edit(
        "labhelpers/widgets/controls.js", "\nexport function ", "\nlet a = 1;\nexport function "
    )
    (stale,) = book.labs("book", "stale").stdout.splitlines()
    assert stale.startswith("01_first.ipynb: its look is older than ")
    assert stale.endswith("Next: labs book refresh 1")

    done = book.labs("book", "refresh", "1")
    assert done.returncode == 0, done.stderr
    after = book.notebook("01_first")
    assert "Not so." in find_output(after, "quiz(")
    assert "Nothing stands here" in find_output(after, 'check("one-layer-promise"')
    assert find_output(after, "say(") == find_output(before, "say(")
    old, new = list_widgets(before), list_widgets(after)
    for name in ("corner_finder", "frames"):
        assert "let a = 1;" in new[name]["state"]["_esm"]
        assert "let a = 1;" not in old[name]["state"]["_esm"]
    assert new["corner_finder"]["state"]["corners"][:2] == [15.0, 20.0]
    # The widget of the run's numbers keeps its pictures, and both the place that shows them.
    assert new["frames"]["buffers"] == old["frames"]["buffers"]
    assert new["frames"]["state"]["layout"] == old["frames"]["state"]["layout"]
    for name in ("show_corner_finder()", "show_frames("):
        assert find_output(after, name) == find_output(before, name)
    assert book.labs("book", "stale").stdout == "nothing is stale\n"
    assert [cell.get("execution_count") for cell in after["cells"]] == [
        cell.get("execution_count") for cell in before["cells"]
    ]


def test_a_widget_is_dropped_without_a_run_in_full(book):
    before = book.notebook("01_first")
    dropped = WIDGETS.split("# %%")[1]
    book.edit("book/chapters/01_first.py", f"# %%{dropped}", "")
    assert book.labs("book", "sync").returncode == 0
    assert "Next: labs book verify 1" in book.labs("book", "stale").stdout
    done = book.labs("book", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    after = book.notebook("01_first")
    assert [*list_widgets(after)] == ["frames"]
    assert len(after["metadata"]["widgets"][STATES]["state"]) == 2  # its layout is the other
    assert list_widgets(after)["frames"] == list_widgets(before)["frames"]
    for source in ("say(", "quiz(", 'check("one-layer-promise"'):
        assert find_output(after, source) == find_output(before, source)
    assert "widget-view" in find_output(after, "show_frames(")
    assert book.labs("book", "sync", "--check").returncode == 0
    # The look is that of fewer widgets.
    assert book.labs("book", "refresh", "1").returncode == 0
    assert book.labs("book", "stale").stdout == "nothing is stale\n"


def test_a_notebook_without_outputs_of_its_code_says_so(book):
    book.edit("book/chapters/01_first.py", "The brightest", "A bright")
    book.labs("book", "sync")
    before = book.snapshot()
    done = book.labs("book", "refresh")
    assert done.returncode == 1
    assert "holds no outputs of its own code" in done.stderr
    assert book.snapshot() == before


@pytest.mark.parametrize(
    ("source", "tags", "free"),
    [
        ("show_descent()", [], True),
        ("from labhelpers.widgets import show_x\n\nshow_x(rate=0.5)", [], True),
        ("show_frames(pictures)", [], False),
        ("show_unknown()", [], False),
        ('show_claims("A1")', [], False),
        ("x = 1", [], False),
        ("quiz(question, choices)", ["quiz"], True),
        ('check("a", f)', ["exercise-a-check"], True),
    ],
)
def test_which_cells_can_be_run_alone(source, tags, free):
    cell = new_code_cell(source, metadata={"tags": tags})
    assert needs_no_run(cell, {"show_descent", "show_frames", "show_claims"}) is free
