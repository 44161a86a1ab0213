"""Throw-away books for the tests of the book's machinery."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_books import SmallBook

from labhelpers.course.exercises import _EXERCISES, list_exercises


@pytest.fixture
def exercises_put_back() -> Iterator[None]:
    """Takes a test's own exercises out of the registry again."""
    list_exercises()  # all are loaded now: none can come later and be lost
    before = dict(_EXERCISES)
    yield
    _EXERCISES.clear()
    _EXERCISES.update(before)


@pytest.fixture
def small_book(tmp_path: Path) -> SmallBook:
    """A book with one chapter, never executed."""
    book = SmallBook(tmp_path / "book")
    book.write("01_first")
    return book


@pytest.fixture(scope="session")
def executed_book(tmp_path_factory: pytest.TempPathFactory) -> SmallBook:
    """A book whose one chapter was executed in full, by the real command. Not to be changed."""
    book = SmallBook(tmp_path_factory.mktemp("executed") / "book")
    book.write("01_first")
    assert book.labs("sync").returncode == 0
    done = book.labs("execute", LABHELPERS_PROFILE="smoke")
    assert done.returncode == 0, done.stderr
    return book


@pytest.fixture
def copied_book(executed_book: SmallBook, tmp_path: Path) -> SmallBook:
    """A copy of the executed book, to be changed."""
    copy = SmallBook(tmp_path / "copy")
    shutil.copytree(executed_book.root, copy.root, dirs_exist_ok=True)
    return copy
