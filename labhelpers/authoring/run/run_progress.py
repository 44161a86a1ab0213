"""Progress of a long run: the cell, and the minutes left."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import rich.progress
from rich.console import Console

from labhelpers.authoring.chapters.notebooks import read_run
from labhelpers.lesson.result_files import read_text

_EVERY_S = 15.0


class Progress:
    """Shows how far a run is: a bar in a terminal, a line now and then elsewhere.

    The time left comes from how long each cell took when it was last run, and from how this run
    compares with that one so far.
    """

    def __init__(
        self, title: str, cells: Sequence[Any], before: Mapping[str, float], *, quiet: bool = False
    ):
        """Prepares a bar; `before` holds the seconds that cells took earlier, by their ids."""
        self._quiet = quiet
        self._title = title
        self._count = len(cells)
        times = [before.get(cell["id"]) for cell in cells]
        known = [seconds for seconds in times if seconds is not None]
        self._known = len(known)
        mean = sum(known) / len(known) if known else 0.0
        self._guess = [mean if seconds is None else seconds for seconds in times]
        self._bar: Any = None
        self._task: Any = None
        self._start = self._told = time.monotonic()
        self._cell = 0

    def __enter__(self) -> "Progress":
        if self._quiet:
            return self
        console = Console(stderr=True)
        if console.is_terminal:
            self._bar = rich.progress.Progress(
                rich.progress.SpinnerColumn(),
                rich.progress.TextColumn("{task.description}"),
                rich.progress.BarColumn(),
                rich.progress.TimeElapsedColumn(),
                rich.progress.TextColumn("{task.fields[left]}"),
                console=console,
            )
            self._task = self._bar.add_task(self._describe(), total=1.0, left="")
            self._bar.start()
        else:
            self._print(f"{self._title}: {self._count} cells{self._say_left()}")
        return self

    def __exit__(self, kind: type[BaseException] | None, *about: object) -> None:
        if self._bar is not None:
            if kind is None:
                self._bar.update(self._task, completed=1.0, left="")
            self._bar.stop()

    def start_cell(self, number: int) -> None:
        """Notes that a cell starts; they are numbered from 0."""
        self._cell = number
        if self._quiet:
            return
        if self._bar is not None:
            told = {"description": self._describe(), "left": self._say_left()}
            self._bar.update(self._task, completed=self._find_share(), **told)
        elif time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            self._print(f"{self._describe()}, {self._told - self._start:.0f} s{self._say_left()}")

    def _describe(self) -> str:
        return f"{self._title}: cell {self._cell + 1} of {self._count}"

    def _find_share(self) -> float:
        total = sum(self._guess)
        return sum(self._guess[: self._cell]) / total if total else self._cell / self._count

    def _say_left(self) -> str:
        # A guess from a run in which half of the cells were others would mislead.
        if self._known < self._count / 2:
            return ""
        planned, passed = sum(self._guess[: self._cell]), time.monotonic() - self._start
        pace = passed / planned if planned > 5 else 1.0
        minutes = pace * sum(self._guess[self._cell :]) / 60
        return f", about {minutes:.1f} minutes left" if minutes >= 0.1 else ", nearly done"

    def _print(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


def load_seconds(notebook: Path) -> dict[str, float]:
    """Loads how long each cell took, by its id, when a notebook was last executed."""
    return read_run(read_text(notebook)).get("seconds", {})
