"""One line of progress: replaced in place, in a page or in a terminal."""

import sys
from typing import Any

from IPython import get_ipython
from IPython.display import display


class ProgressLine:
    """Shows one line that changes, and leaves its last state.

    In a page it is one output, updated in place; in a terminal the line is overwritten; where
    neither is (a file, a pipe), only the last state is printed.
    """

    def __init__(self, *, show: bool = True) -> None:
        self._shell = _find_page() if show else None
        self._terminal = show and self._shell is None and _is_terminal()
        self._show = show
        self._handle: Any = None
        self._width = 0

    def announce(self, text: str) -> None:
        """Prints a line that stays, before the one that changes."""
        if self._show:
            print(text, flush=True)

    def update(self, text: str) -> None:
        """Replaces the line. Call it a few times a second at most: pages are slow."""
        if self._terminal or self._shell is not None:
            self._write(text)

    def finish(self, text: str) -> None:
        """Replaces the line for the last time."""
        if self._shell is not None or self._terminal:
            self._write(text)
            if self._terminal:
                print(flush=True)
        elif self._show:
            print(text, flush=True)

    def _write(self, text: str) -> None:
        if self._shell is None:
            print(f"\r{text.ljust(self._width)}", end="", flush=True)
            self._width = len(text)
            return
        bundle = {"text/plain": text}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


def _find_page() -> Any:
    """Returns the shell of the notebook this runs in, or None."""
    shell = get_ipython()
    return shell if getattr(shell, "kernel", None) is not None else None


def _is_terminal() -> bool:
    return bool(getattr(sys.stdout, "isatty", lambda: False)())
