"""The cell that installs the package in Colab."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from labhelpers.authoring.chapters.setup_cell import place_setup_code, write_setup_code
from labhelpers.authoring.chapters.sources import find_chapters
from labhelpers.authoring.chapters.sync import sync_chapter

ADDRESS = '\n[project.urls]\nRepository = "https://github.com/somebody/labs.git"\n'


@pytest.fixture
def code(small_book):
    return write_setup_code(small_book.root)


@pytest.fixture
def folder(tmp_path):
    """An empty folder."""
    made = tmp_path / "here"
    made.mkdir()
    return made


def run(code, folder, *before):
    text = "\n".join([*before, code, "print('went on')"])
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, cwd=folder)


def test_it_is_short_and_python(code):
    ast.parse(code)
    assert len(code.splitlines()) < 15
    assert all(len(line) <= 100 for line in code.splitlines())


def test_elsewhere_it_does_nothing(code, folder):
    done = run(code, folder)
    assert (done.stdout, done.stderr, done.returncode) == ("went on\n", "", 0)
    assert list(folder.iterdir()) == []


IN_COLAB = "import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')"


def test_in_colab_with_the_package_it_does_nothing(code, folder):
    done = run(code, folder, IN_COLAB)
    assert (done.stdout, done.stderr, done.returncode) == ("went on\n", "", 0)
    assert list(folder.iterdir()) == []


# As if the package were not installed, though it is, beside the tests.
WITHOUT = "import importlib.util; importlib.util.find_spec = lambda name: None"


def test_in_colab_an_unpublished_book_says_what_to_do(code, folder):
    done = run(code, folder, IN_COLAB, WITHOUT)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Upload the labhelpers wheel" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_address_is_that_of_the_repository(small_book):
    project = small_book.root / "pyproject.toml"
    assert "git+" not in write_setup_code(small_book.root)
    project.write_text(project.read_text() + ADDRESS)
    assert '"git+https://github.com/somebody/labs"' in write_setup_code(small_book.root)


def sync_all(book):
    chapters = find_chapters(book.checkout)
    return [line for chapter in chapters for line in sync_chapter(book.checkout, chapter)]


def test_a_new_address_reaches_every_chapter(small_book):
    small_book.write("02_second")
    sync_all(small_book)
    project = small_book.root / "pyproject.toml"
    project.write_text(project.read_text() + ADDRESS)
    assert [line for line in sync_all(small_book) if "setup cell" in line] == [
        "01_first.py: setup cell",
        "02_second.py: setup cell",
    ]
    for name in ("01_first", "02_second"):
        assert "git+https://github.com/somebody/labs" in small_book.read(name)
        assert "git+https://github.com/somebody/labs" in str(small_book.notebook(name))


def test_what_stands_in_the_cell_is_replaced(code):
    text = '# %% [markdown]\n# T\n\n# %% tags=["setup"]\nold = 1\n# %% tags=["imports"]\nimport x\n'
    placed = place_setup_code(text, code)
    assert "old" not in placed
    assert placed.endswith(f'# %% tags=["setup"]\n{code}\n\n# %% tags=["imports"]\nimport x\n')
    assert place_setup_code(placed, code) == placed


def test_a_missing_cell_comes_before_the_first_code(code):
    placed = place_setup_code("# %% [markdown]\n# T\n\n# %%\nimport x\n", code)
    assert placed == f'# %% [markdown]\n# T\n\n# %% tags=["setup"]\n{code}\n\n# %%\nimport x\n'
