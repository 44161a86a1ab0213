"""Finding chapters, reading their cells, and the hashes of their code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_books import CHAPTER

from labhelpers.authoring.chapters.checkout import find_checkout
from labhelpers.authoring.chapters.sources import (
    find_chapter,
    find_chapters,
    find_rows,
    hash_code,
    hash_row,
    pick_row_cells,
    read_source,
)
from labhelpers.authoring.trust.hashing import hash_meaning
from labhelpers.lesson.book_error import UsageError


@pytest.fixture
def library(small_book):
    for name in ("02_shapes_anywhere", "10_dense_mnist", "11_mnist_by_hand"):
        small_book.write(name, "# %%\n1\n")
    (small_book.checkout.chapters / "notes.py").write_text("1")
    return small_book


def test_chapters_come_in_the_order_of_their_numbers(library):
    names = [chapter.name for chapter in find_chapters(library.checkout)]
    assert names == ["01_first", "02_shapes_anywhere", "10_dense_mnist", "11_mnist_by_hand"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("1", "01_first"),
        ("01", "01_first"),
        ("10", "10_dense_mnist"),
        ("02_shapes_anywhere", "02_shapes_anywhere"),
        ("dense", "10_dense_mnist"),
        ("10_dense_mnist.ipynb", "10_dense_mnist"),
        ("book/chapters/02_shapes_anywhere.py", "02_shapes_anywhere"),
        (r"book\notebooks\01_first.ipynb", "01_first"),
    ],
)
def test_a_chapter_is_found_by_number_name_part_or_file(library, wanted, found):
    assert find_chapter(library.checkout, wanted).name == found


@pytest.mark.parametrize("wanted", ["3", "0", "nothing", "", "notes"])
def test_an_unknown_chapter_lists_those_there_are(library, wanted):
    with pytest.raises(UsageError, match=r"there are: 01_first, 02_shapes_anywhere, 10_"):
        find_chapter(library.checkout, wanted)


def test_a_part_of_two_names_asks_for_the_number(library):
    with pytest.raises(UsageError, match="may be any of 10_dense_mnist, 11_mnist_by_hand"):
        find_chapter(library.checkout, "mnist")


def test_the_checkout_is_found_from_anywhere_inside(library, monkeypatch):
    monkeypatch.chdir(library.checkout.chapters)
    assert find_checkout().root == library.root.resolve()


def test_outside_a_checkout_is_bad_usage(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\n')
    with pytest.raises(UsageError, match="not inside a copy of the book's repository"):
        find_checkout()


def cells_of(book, text):
    return read_source(book.write("01_first", text))


def test_a_row_is_made_by_untagged_and_shared_cells_and_its_own(small_book):
    text = (
        '# %% tags=["setup"]\nsetup\n\n# %% tags=["imports"]\nimports\n\n'
        '# %% tags=["parameters", "hide-input"]\nparameters\n\n# %%\nuntagged\n\n'
        '# %% tags=["hide-input"]\nfolded\n\n# %% tags=["row-A1"]\none\n\n'
        '# %% tags=["row-A2"]\ntwo\n\n# %% tags=["row-A1", "row-A2"]\nboth\n\n'
        '# %% tags=["show"]\nshown\n\n# %% tags=["quiz", "hide-input"]\nquiz\n\n'
        '# %% tags=["exercise-x-stub"]\nstub\n\n'
        '# %% tags=["exercise-x-solution", "hide-cell"]\nsolution\n'
    )
    cells = cells_of(small_book, text)
    assert find_rows(cells) == ["A1", "A2"]
    shared = ["imports", "parameters", "untagged", "folded"]
    assert [c["source"] for c in pick_row_cells(cells, "A1")] == [*shared, "one", "both"]
    assert [c["source"] for c in pick_row_cells(cells, "A2")] == [*shared, "two", "both"]


@pytest.mark.parametrize(
    ("old", "new", "row_changes", "code_changes"),
    [
        ("Prose.", "Other prose.", False, False),
        ('# %% tags=["setup"]\n', '# %% tags=["setup"]\nother = 1\n', False, False),
        ("base = 0.5", "base = 0.5  # half", False, True),
        ("The score is", "Its score is", False, True),
        ('record("A2", "width", 3', 'record("A2", "width", 4', False, True),
        ("base = 0.5", "base = 0.6", True, True),
        ("get_seed() / 100", "get_seed() / 50", True, True),
        ("import record, say", "import check, record, say", True, True),
    ],
)
def test_hashes_change_with_what_they_stand_for(small_book, old, new, row_changes, code_changes):
    assert old in CHAPTER
    before = cells_of(small_book, CHAPTER)
    after = cells_of(small_book, CHAPTER.replace(old, new))
    assert (hash_row(before, "A1") != hash_row(after, "A1")) is row_changes
    assert (hash_code(before) != hash_code(after)) is code_changes
    assert len(hash_row(before, "A1")) == 16


CODE = '''"""Module."""

import math


def area(side):
    """The area.

    In px."""
    # squared
    return side**2  # of the side


TEXT = """
# not a comment
"""
'''


def test_comments_docstrings_and_layout_do_not_count():
    bare = 'import math\ndef area( side ):\n  return (side**2)\nTEXT = """\n# not a comment\n"""'
    assert hash_meaning(CODE) == hash_meaning(bare)
    assert hash_meaning(CODE) == hash_meaning(CODE.replace("\n", "\r\n"))
    assert hash_meaning(CODE) == hash_meaning(CODE.replace("In px.", "In pixels."))
    assert hash_meaning(CODE) != hash_meaning(CODE.replace("# not", "# yet not"))
    assert hash_meaning(CODE) != hash_meaning(CODE.replace("**2", "**3"))


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (
            "a = p.pick(full=100, quick=30, smoke=2)",
            "a = p.pick(full=100, quick=[3], smoke=1)",
            True,
        ),
        ("a = p.pick(full=100, quick=30)", "a = p.pick(full=200, quick=30)", False),
        (
            "a = p.pick(full=p.pick(full=2, quick=3))",
            "a = p.pick(full=p.pick(full=2, quick=4))",
            True,
        ),
        ("a = pick(quick=3)", "a = pick(quick=4)", False),
        ("a = p.choose(quick=3)", "a = p.choose(quick=4)", False),
        ("%magic quick=3", "%magic quick=4", False),
    ],
)
def test_what_short_profiles_pick_does_not_count(before, after, same):
    assert (hash_meaning(before) == hash_meaning(after)) is same


def test_a_row_is_as_old_as_its_full_profile(small_book):
    picked = CHAPTER.replace("base = 0.5", "base = profile.pick(full=0.5, quick=0.4, smoke=0.3)")
    full = hash_row(cells_of(small_book, picked), "A1")
    assert hash_row(cells_of(small_book, picked.replace("0.4", "0.45")), "A1") == full
    assert hash_row(cells_of(small_book, picked.replace("=0.3", "=0.2")), "A1") == full
    assert hash_row(cells_of(small_book, picked.replace("full=0.5", "full=0.6")), "A1") != full


@pytest.mark.parametrize("code", ["%matplotlib inline", "def (", "x = '"])
def test_what_is_not_python_is_hashed_as_it_is(code):
    assert hash_meaning(code) != hash_meaning(code + " ")
    assert hash_meaning(code) == hash_meaning(code)


@given(st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"])))
def test_no_comment_changes_the_hash(comment):
    changed = CODE.replace("# squared", "#" + comment)
    assert hash_meaning(changed) == hash_meaning(CODE)
