"""A notebook holds the state of its widgets, so that a page needs no kernel for them."""

from __future__ import annotations

import base64

import nbformat
import pytest
from small_books import CHAPTER, SmallBook

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET = """
# %% tags=["show"]
import anywidget
import traitlets

class Counter(anywidget.AnyWidget):
    _esm = "export default { render() {} }"
    count = traitlets.Int(3).tag(sync=True)
    weights = traitlets.Bytes(b"12345").tag(sync=True)

first, second = Counter(), Counter(count=4)
second
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book whose chapter shows a widget, executed in full."""
    made = SmallBook(tmp_path_factory.mktemp("widgets") / "book")
    made.write("01_first", CHAPTER + WIDGET)
    done = made.labs("book", "run")
    assert done.returncode == 0, done.stderr
    return made


def read_shown(notebook):
    (view,) = [
        out["data"][VIEW]
        for cell in notebook["cells"]
        for out in cell.get("outputs", [])
        if VIEW in out.get("data", {})
    ]
    return notebook["metadata"]["widgets"][STATE]["state"][view["model_id"]]


def test_the_notebook_holds_what_the_page_needs(book):
    notebook = book.notebook("01_first")
    nbformat.validate(nbformat.from_dict(notebook))
    shown = read_shown(notebook)
    assert shown["state"]["count"] == 4
    assert shown["state"]["_esm"].startswith("export default")
    (buffer,) = shown["buffers"]
    assert buffer["path"] == ["weights"]
    assert base64.b64decode(buffer["data"]) == b"12345"


def test_widgets_are_numbered_not_named_at_random(book):
    states = book.notebook("01_first")["metadata"]["widgets"][STATE]["state"]
    assert list(states) == [f"{number:032x}" for number in range(len(states))]


def test_keeping_in_step_keeps_the_state(book):
    before = book.notebook("01_first")
    source = book.read("01_first")
    book.write("01_first", source.replace("Prose.", "Better prose."))
    assert book.labs("book", "sync").returncode == 0
    after = book.notebook("01_first")
    assert "Better prose." in str(after["cells"])
    assert after["metadata"]["widgets"] == before["metadata"]["widgets"]
    assert read_shown(after)["state"]["count"] == 4
