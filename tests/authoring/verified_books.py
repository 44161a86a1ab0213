"""Small books in real git repositories, with a package of their own that can be edited."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from small_books import SETUP, SmallBook

ROOT = Path(__file__).resolve().parents[2]
# Draws that follow a seed, a model's first weights, a time, a table, a sentence with a number.
CHAPTER = f"""\
# %% [markdown]
# # First

{SETUP}
# %% tags=["imports"]
import time

import numpy as np

from labhelpers.data.noise import add_gaussian_noise
from labhelpers.insight import show_table
from labhelpers.lesson import check, quiz, record, say, show_claims, start_chapter, timing
from labhelpers.training import get_seed

# %% tags=["parameters"]
profile = start_chapter("01_first")

# %% tags=["row-A1"]
start = time.perf_counter()
noisy = add_gaussian_noise(np.full((4, 8, 8), 128, np.uint8), 0.1, seed=get_seed())
record("A1", "test_score", noisy.mean() / 255)
record("A1", "speed", 1 / (time.perf_counter() - start), timing=True)

# %%
show_table(["what", "seconds"], [["noise", timing(f"{{time.perf_counter() - start:.6f}}")]])

# %% tags=["show"]
say(f"The brightest pixel is {{noisy.max()}}.")

# %% tags=["show"]
show_claims("A1")

# %% tags=["exercise-one-layer-promise-stub"]
def largest_error_rate(n, doubt=0.05):
    return ...

# %% tags=["exercise-one-layer-promise-check"]
check("one-layer-promise", largest_error_rate)

# %% tags=["quiz", "hide-input"]
quiz("Which?", [("a", True, "Yes."), ("b", False, "No."), ("c", False, "No.")])
"""
MODEL = f"""\
# %% [markdown]
# # Second

{SETUP}
# %% tags=["imports"]
from labhelpers.lesson import record, start_chapter
from labhelpers.models import build_linear
from labhelpers.training import get_seed

# %% tags=["parameters"]
profile = start_chapter("02_second")

# %% tags=["row-B1"]
model = build_linear(seed=get_seed())
record("B1", "weight", float(abs(model.get_weights()[0]).mean()))
"""


class VerifiedBook(SmallBook):
    """A small book under git, its package beside its chapters."""

    def git(self, *arguments: str) -> str:
        """Runs git and returns what it says."""
        named = {
            f"GIT_{who}_{what}": "a@b.example"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=os.environ | named,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self) -> str:
        """Commits all; returns the commit's name."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Go on")
        return self.git("rev-parse", "HEAD")

    def edit(self, path: str, old: str, new: str) -> None:
        """Edits a file of the package, or a chapter."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old!r} any more"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def snapshot(self) -> dict[str, bytes]:
        """Every file of the book but git's own."""
        kept = super().snapshot()
        return {name: content for name, content in kept.items() if not name.startswith(".git/")}


def make_verified_book(root: Path, **chapters: str) -> VerifiedBook:
    """Makes a book, runs it in full, and commits code and outputs together.

    Args:
        root: An empty folder.
        chapters: Texts by name, a `c` before it.
    """
    book = VerifiedBook(root)
    leave = shutil.ignore_patterns("__pycache__", "results")
    shutil.copytree(ROOT / "labhelpers", root / "labhelpers", ignore=leave, dirs_exist_ok=True)
    (root / ".gitignore").write_text("_build/\n__pycache__/\n", encoding="utf-8")
    for name, text in chapters.items():
        book.write(name.removeprefix("c"), text)
    book.git("init", "-q")
    for command in ("sync", "execute"):
        done = book.labs(command)
        assert done.returncode == 0, done.stderr
    book.commit()
    return book


def copy_book(book: VerifiedBook, root: Path) -> VerifiedBook:
    """Copies a book with its history, to be changed."""
    shutil.copytree(book.root, root, symlinks=True)
    copy = VerifiedBook.__new__(VerifiedBook)
    copy.root, copy.checkout = root, type(book.checkout)(root)
    return copy
