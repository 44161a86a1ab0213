"""From a chapter's text to its notebook."""

from __future__ import annotations

import nbformat
import pytest
from small_books import CHAPTER

from labhelpers.authoring.chapters.sources import find_chapter
from labhelpers.authoring.chapters.sync import sync_chapter
from labhelpers.lesson.book_error import BookError


def sync(book, *, write=True):
    return sync_chapter(book.checkout, find_chapter(book.checkout, "1"), write=write)


def outputs(book):
    """Whether each code cell, by its first line, has an output."""
    cells = [c for c in book.notebook("01_first")["cells"] if c["cell_type"] == "code"]
    return {"".join(c["source"]).split("\n")[0]: bool(c["outputs"]) for c in cells}


def edit(book, old, new):
    text = book.read("01_first")
    assert old in text
    book.write("01_first", text.replace(old, new))


def test_a_new_notebook_holds_the_text_and_nothing_of_the_machine(small_book):
    assert sync(small_book) == ["01_first.py: setup cell", "01_first.ipynb: new"]
    notebook = small_book.notebook("01_first")
    nbformat.validate(nbformat.from_dict(notebook))
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    assert kinds == ["markdown", *["code"] * 6, "markdown", *["code"] * 2]
    assert "".join(notebook["cells"][-3]["source"]) == "Prose."
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in notebook["metadata"]["language_info"]


def test_a_second_sync_changes_nothing(small_book):
    sync(small_book)
    before = small_book.snapshot()
    assert sync(small_book) == []
    assert small_book.snapshot() == before


def test_two_machines_write_the_same_bytes(small_book, tmp_path):
    sync(small_book)
    other = type(small_book)(tmp_path / "other")
    other.write("01_first")
    sync(other)
    assert other.notebook("01_first") == small_book.notebook("01_first")


def test_saying_what_differs_writes_nothing(small_book):
    before = small_book.snapshot()
    assert sync(small_book, write=False) == ["01_first.py: setup cell", "01_first.ipynb: new"]
    assert small_book.snapshot() == before


def test_new_prose_keeps_every_output(copied_book):
    before = outputs(copied_book)
    assert sum(before.values()) == 3
    edit(copied_book, "# Prose.", "# Better prose.\n#\n# ## More")
    assert sync(copied_book) == ["01_first.ipynb: brought in step"]
    assert outputs(copied_book) == before
    assert "Better prose." in str(copied_book.notebook("01_first"))


def test_outputs_are_cleared_from_the_first_changed_code_cell_on(copied_book):
    edit(copied_book, "base = 0.5", "base = 0.75")
    assert sync(copied_book) == ["01_first.ipynb: brought in step, 2 outputs cleared"]
    assert outputs(copied_book)['profile = start_chapter("01_first")'] is True
    assert sum(outputs(copied_book).values()) == 1
    # Back again, the outputs do not come back: only a run makes outputs.
    edit(copied_book, "base = 0.75", "base = 0.5")
    sync(copied_book)
    assert sum(outputs(copied_book).values()) == 1


def test_an_inserted_code_cell_clears_what_follows(copied_book):
    edit(copied_book, "# %%\nimport os", "# %%\nextra = 1\n\n# %%\nimport os")
    sync(copied_book)
    assert sum(outputs(copied_book).values()) == 1


def test_a_removed_last_cell_takes_its_output_along(copied_book):
    edit(copied_book, '# %% tags=["show"]\nshow_claims("A1")\n', "")
    assert sync(copied_book) == ["01_first.ipynb: brought in step, one output cleared"]
    assert sum(outputs(copied_book).values()) == 2


def test_changed_claims_show_in_their_table_without_a_run(copied_book):
    claims = copied_book.checkout.results / "claims.toml"
    claims.write_text(claims.read_text().replace("at_least = 0.5", "at_least = 0.25"))
    assert sync(copied_book) == ["01_first.ipynb: brought in step"]
    assert "≥ 0.25" in str(copied_book.notebook("01_first"))


def test_a_cell_keeps_its_id_when_others_change(small_book):
    sync(small_book)
    before = {c["id"]: c["source"] for c in small_book.notebook("01_first")["cells"]}
    edit(small_book, "# # First", "# # Another title")
    edit(small_book, "# %%\nimport os", "# %%\nextra = 1\n\n# %%\nimport os")
    sync(small_book)
    after = {c["id"]: c["source"] for c in small_book.notebook("01_first")["cells"]}
    assert len(set(before) & set(after)) == len(before) - 1
    assert all(after[key] == before[key] for key in set(before) & set(after))


def test_equal_cells_have_ids_of_their_own(small_book):
    small_book.write("01_first", "# %%\n1\n\n# %%\n1\n\n# %% [markdown]\n# 1\n")
    sync(small_book)
    ids = [cell["id"] for cell in small_book.notebook("01_first")["cells"]]
    assert len(set(ids)) == len(ids) == 4


def test_solutions_and_quizzes_are_folded_in_colab_and_in_jupyterlab(small_book):
    small_book.write(
        "01_first",
        '# %% tags=["exercise-a-solution", "hide-cell"]\n# @title Solution\nx = 1\n\n'
        '# %% tags=["quiz", "hide-input"]\n2\n\n# %%\n3\n',
    )
    sync(small_book)
    setup, solution, quiz, plain = small_book.notebook("01_first")["cells"]
    for cell in (setup, solution, quiz):
        assert cell["metadata"]["cellView"] == "form"
        assert cell["metadata"]["jupyter"] == {"source_hidden": True}
    assert solution["metadata"]["tags"] == ["exercise-a-solution", "hide-cell"]
    assert setup["metadata"]["tags"] == ["setup", "hide-cell"]
    assert plain["metadata"] == {}


def test_line_ends_of_windows_make_the_same_notebook(small_book):
    sync(small_book)
    chapter = find_chapter(small_book.checkout, "1")
    chapter.source.write_bytes(chapter.source.read_bytes().replace(b"\n", b"\r\n"))
    assert sync(small_book) == []


@pytest.mark.parametrize("text", ["<<<<<<< ours\n{}", "", "{}", '{"cells": 3}'])
def test_a_broken_notebook_is_named_and_left_alone(small_book, text):
    sync(small_book)
    notebook = find_chapter(small_book.checkout, "1").notebook
    notebook.write_text(text)
    with pytest.raises(BookError, match=r"01_first\.ipynb is not a notebook"):
        sync(small_book)
    assert notebook.read_text() == text


def test_the_command_names_what_it_did(small_book):
    small_book.write("02_second", CHAPTER.replace("01_first", "02_second"))
    first = small_book.labs("book", "sync", "2")
    assert first.stdout == "02_second.py: setup cell\n02_second.ipynb: new\n"
    again = small_book.labs("book", "sync", "2")
    assert (again.returncode, again.stdout) == (0, "all in step\n")
    check = small_book.labs("book", "sync", "--check")
    assert (check.returncode, check.stdout) == (1, "01_first.py: setup cell\n01_first.ipynb: new\n")
    assert check.stderr == "labs: 2 to be brought in step: run labs book sync\n"
