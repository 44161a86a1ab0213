"""Whether two runs of a chapter gave the same: what they recorded, and what their cells show."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from labhelpers.authoring.chapters.drawn_tables import is_drawn
from labhelpers.authoring.chapters.sources import is_answering
from labhelpers.training.times import TIME_MARK

_WIDGET = "application/vnd.jupyter.widget-view+json"
# A marked time; a number; a word; a line of a table; any other sign.
_TOKEN = re.compile(
    rf"{TIME_MARK}[^{TIME_MARK}]*{TIME_MARK}|[-+\u2212]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
    r"|[^\W\d]+|[-\u2500:|]*(?:---|\u2500\u2500)[-\u2500:|]*|[^\w\s]"
)
_LINE = re.compile(r"[-\u2500:|]{3,}")
# What marks a part of a text for the page's style: look, and no part of what it says.
_STYLED = re.compile(r"</?span[^<>]*>")


@dataclass(frozen=True)
class Difference:
    """What differs between two runs: what the older code gave, and what today's gives."""

    place: str  # a row and metric, such as "A1 test_score", or a cell, such as "code cell 7"
    before: str
    after: str

    def __str__(self) -> str:
        before, after = self.before or "nothing", self.after or "nothing"
        return f"{self.place}: {before} before, {after} now"


def compare_records(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[Difference]:
    """Compares the numbers that two runs recorded, but times."""
    old, new = ({(r["row"], r["metric"]): r for r in records} for records in (before, after))
    found = []
    for key in sorted(old.keys() | new.keys()):
        pair = [old.get(key), new.get(key)]
        if any(one and one.get("timing") for one in pair):
            continue
        values = ["" if one is None else repr(one["value"]) for one in pair]
        if values[0] != values[1]:
            found.append(Difference(" ".join(key), *values))
    return found


def pair_cells(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int, int]] | None:
    """Finds which code cells of two runs stand for each other, as pairs of numbers from 0.

    They are all cells in their order where there are as many of them, else those that show
    something; where some of these were taken out, those of the same code. None where a cell shows
    something and stands for none before.
    """
    if len(before) == len(after):
        return [(number, number) for number in range(len(before))]
    old, new = ([i for i, c in enumerate(cells) if c["outputs"]] for cells in (before, after))
    if len(old) == len(new):
        return list(zip(old, new, strict=True))
    codes = ([cell["source"].rstrip() for cell in cells] for cells in (before, after))
    blocks = SequenceMatcher(None, *codes, autojunk=False).get_matching_blocks()
    pairs = [(i + k, j + k) for i, j, size in blocks for k in range(size)]
    return pairs if set(new) <= {j for _, j in pairs} else None


def compare_cells(before: Any, after: Any, *, number: int) -> list[Difference]:
    """Compares what two cells show: texts, and of figures and widgets only that they are there.

    Cells that are renewed without a run are passed over. `number` is the cell's, from 0.
    """
    if is_renewed(before) and is_renewed(after):
        return []
    place = f"code cell {number + 1}"
    found = []
    for old, new in zip_longest(_list_texts(before), _list_texts(after), fillvalue=""):
        if not is_same_text(old, new):
            found += [Difference(place, *lines) for lines in _pick_lines(old, new)]
    return found


def is_renewed(cell: Any) -> bool:
    """Says whether a cell's output is one that is renewed without running the chapter."""
    return is_answering(cell) or is_drawn(cell["source"])


def find_changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Finds the names whose hashes differ."""
    return sorted(n for n in before.keys() | now.keys() if before.get(n) != now.get(n))


def is_same_text(before: str, after: str) -> bool:
    """Says whether two texts are the same, white space, style and marked times left aside.

    What is marked in one is passed over in the other, too.
    """
    old, new = (_TOKEN.findall(_STYLED.sub("", text)) for text in (before, after))
    i = j = 0
    while i < len(old) and j < len(new):
        marked = old[i].startswith(TIME_MARK), new[j].startswith(TIME_MARK)
        if marked == (True, False):
            j += len(_TOKEN.findall(old[i].strip(TIME_MARK))) - 1
        elif marked == (False, True):
            i += len(_TOKEN.findall(new[j].strip(TIME_MARK))) - 1
        elif marked == (False, False) and _flatten(old[i]) != _flatten(new[j]):
            return False
        i, j = i + 1, j + 1
    return i == len(old) and j == len(new)


def _flatten(token: str) -> str:
    return "---" if _LINE.fullmatch(token) else token


def _list_texts(cell: Any) -> Iterator[str]:
    """Yields what each output of a cell says; a widget's view says only that it is one."""
    for out in cell["outputs"]:
        data = out.get("data", {})
        if _WIDGET in data:
            yield "(a widget)"
        elif out.get("name") == "stderr":
            continue
        else:
            text = data.get("text/markdown", data.get("text/plain", out.get("text", "")))
            yield text if isinstance(text, str) else "".join(text)


def _pick_lines(before: str, after: str) -> list[tuple[str, str]]:
    """Returns the lines that differ; the whole texts where they have not as many lines."""
    old, new = before.strip().split("\n"), after.strip().split("\n")
    if len(old) != len(new):
        return [(_shorten(before), _shorten(after))]
    pairs = zip(old, new, strict=True)
    told = [(_shorten(a), _shorten(b)) for a, b in pairs if not is_same_text(a, b)]
    return told or [(_shorten(before), _shorten(after))]


def _shorten(text: str) -> str:
    flat = " ".join(text.replace(TIME_MARK, "").split())
    return f'"{flat if len(flat) <= 200 else flat[:199] + "…"}"' if flat else ""
