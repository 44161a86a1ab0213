"""Throw-away books, with real chapters run by real processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import Chapter, find_chapter
from labhelpers.lesson.ledger import Entry, read_ledger
from labhelpers.lesson.result_files import read_text

SETUP = '# %% tags=["setup"]\n'
CLAIMS = """
[[claim]]
row = "A1"
metric = "test_score"
what = "a score"
source = "a report"
reported = 0.9
at_least = 0.5
seeds = 2
"""
# Two rows that share their imports; what a native library prints; a value that follows from the
# seed; a cell that only shows.
CHAPTER = f"""\
# %% [markdown]
# # First

{SETUP}
# %% tags=["imports"]
from labhelpers.lesson import record, say, show_claims, start_chapter
from labhelpers.training import get_seed

# %% tags=["parameters"]
profile = start_chapter("01_first")

# %%
import os

_ = os.write(2, b"I0000 00:00:1795255744.56 28126 port.cc:153] told by a native library\\n")
base = 0.5

# %% tags=["row-A1"]
score = base + get_seed() / 100
record("A1", "test_score", score)

# %% tags=["row-A2"]
record("A2", "width", 3, unit="px")

# %% [markdown]
# Prose.

# %% tags=["show"]
say(f"The score is **{{score}}**.")

# %% tags=["show"]
show_claims("A1")
"""


def start_labs(*arguments: str, cwd: Path, **variables: str) -> subprocess.Popen[str]:
    """Starts the real command."""
    command = shutil.which("labs", path=Path(sys.executable).parent)
    assert command, "the command labs is not installed beside this Python"
    return subprocess.Popen(
        [command, *arguments],
        cwd=cwd,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_labs(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the real command to its end."""
    process = start_labs(*arguments, cwd=cwd, **variables)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


class SmallBook:
    """A repository with chapters of a few cells."""

    def __init__(self, root: Path):
        self.root = root
        self.checkout = Checkout(root)
        for folder in (self.checkout.chapters, self.checkout.results):
            folder.mkdir(parents=True)
        (root / "pyproject.toml").write_text('[project]\nname = "labhelpers"\n', encoding="utf-8")
        self.claim(CLAIMS)

    def read(self, name: str) -> str:
        """Reads a chapter's text."""
        return (self.checkout.chapters / f"{name}.py").read_text(encoding="utf-8")

    def claim(self, text: str) -> None:
        """Writes claims.toml."""
        (self.checkout.results / "claims.toml").write_text(text, encoding="utf-8")

    def write(self, name: str, text: str = CHAPTER) -> Chapter:
        """Writes a chapter's text."""
        (self.checkout.chapters / f"{name}.py").write_text(text, encoding="utf-8")
        return find_chapter(self.checkout, name)

    def start_labs(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Starts the real command in the book's folder."""
        return start_labs(*arguments, cwd=self.root, **variables)

    def labs(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs the real command in the book's folder."""
        return run_labs(*arguments, cwd=self.root, **variables)

    def ledger(self) -> list[Entry]:
        """Reads the ledger."""
        return read_ledger(self.checkout.results / "ledger.jsonl")

    def notebook(self, name: str) -> dict:
        """Reads a chapter's notebook."""
        return json.loads((self.checkout.notebooks / f"{name}.ipynb").read_bytes())

    def snapshot(self) -> dict[str, bytes]:
        """Every file of the book, but those under _build and caches."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        names = {path.relative_to(self.root).as_posix(): path for path in files}
        return {
            name: path.read_bytes()
            for name, path in names.items()
            if not name.startswith("_build/") and "__pycache__" not in name
        }


def wait_for(what, seconds=60.0):
    """Waits until something is true, and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come true in time")


def is_gone(pid):
    """Whether a process has ended; one that nobody has asked about yet counts as ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = read_text(Path(f"/proc/{pid}/stat")) or ""
    return status.rpartition(")")[2].split()[:1] == ["Z"]
