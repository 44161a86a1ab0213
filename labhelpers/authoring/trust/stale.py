"""What has grown old: outputs and results made by other code than there is now, and what to do."""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import (
    Chapter,
    find_chapters,
    find_rows,
    hash_code,
    hash_row,
    read_source,
)
from labhelpers.authoring.trust.closure import Package, hash_numbers, join_hashes, read_package
from labhelpers.authoring.trust.look import hash_look
from labhelpers.authoring.trust.versions import list_other_versions
from labhelpers.lesson.ledger import LEDGER_NAME, Entry, read_ledger, summarise
from labhelpers.lesson.result_files import read_text
from labhelpers.lesson.start import TIMINGS_NAME, format_minutes

_MOST_NAMED = 3


@dataclass(frozen=True)
class Stale:
    """Something that is old.

    Attributes:
        place: A notebook or rows of the ledger.
        reasons: What made it old.
        step: What to do next.
        chapters: Numbers of the chapters that `labs book verify` may clear, or look at.
        is_old: Whether it is no longer what today's code gives, as far as is known; not so for a
            result of other versions.
    """

    place: str
    reasons: tuple[str, ...]
    step: str
    chapters: frozenset[int] = frozenset()
    is_old: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {'; '.join(self.reasons)}. Next: {self.step}"


def find_stale(checkout: Checkout) -> list[Stale]:
    """Finds notebooks and results that were made by other code, or other versions, than now.

    Returns one for each notebook, for each row, and for each set of versions that is not installed.
    """
    entries = read_ledger(checkout.results / LEDGER_NAME)
    package = read_package(checkout.root)
    chapters = {chapter: read_source(chapter) for chapter in find_chapters(checkout)}
    abouts = {chapter: _read_about(chapter) for chapter in chapters}
    found, homes = [], {}
    for chapter, cells in chapters.items():
        homes.update(dict.fromkeys(find_rows(cells), chapter))
        stale = find_reasons(checkout, package, chapter, cells, entries)
        found += [stale] if stale else []
    verifiable = {number for stale in found for number in stale.chapters}
    found += find_old_rows(package, chapters, entries, verifiable)
    made = [(chapter, about) for chapter, about in abouts.items() if about]
    for sentence, numbers in list_other_versions(made, entries, homes).items():
        step = f"labs book verify {_list(numbers)} tells whether smoke still agrees"
        place, _, reason = sentence.partition(": ")
        found.append(Stale(place, (reason,), step, frozenset(numbers), is_old=False))
    return found


def find_reasons(
    checkout: Checkout,
    package: Package,
    chapter: Chapter,
    cells: Sequence[Any],
    entries: Sequence[Entry],
) -> Stale | None:
    """Finds why a chapter's outputs are not those that its code would give now.

    Returns the reasons with what to do; None when its notebook is as new as what it was made from.
    """
    about = _read_about(chapter)
    full = f"labs book run {chapter.number}{_tell_minutes(checkout, chapter)}"
    if not about:
        return Stale(chapter.notebook.name, ("never executed",), full)
    moved, looks = [], []
    if about["code_sha256"] != hash_code(cells):
        moved.append("its code has changed")
    if changed := _find_changed(about["numbers_sha256"], hash_numbers(package, cells)):
        moved.append(f"{_shorten(changed)} changed")
    look = hash_look(checkout.root, package, cells)
    if changed := _find_changed(about["look_sha256"], look):
        looks.append(f"its look is older than {_shorten(changed)}")
    shown = find_moved(about["ledger"], entries)
    older = [f"it shows older results of {', '.join(shown)}"] if shown else []
    if about["profile"] != "full":
        other = f"executed in the {about['profile']} profile"
        return Stale(chapter.notebook.name, (other, *moved, *older), full)
    reasons = (*moved, *looks, *older)
    if not reasons:
        return None
    if older:
        return Stale(chapter.notebook.name, reasons, full)
    if not moved:
        return Stale(chapter.notebook.name, reasons, f"labs book refresh {chapter.number}")
    step = f"labs book verify {chapter.number}; only if it finds a difference, {full}"
    return Stale(chapter.notebook.name, reasons, step, frozenset([chapter.number]))


def _read_about(chapter: Chapter) -> dict[str, Any] | None:
    text = read_text(chapter.notebook)
    about = json.loads(text)["metadata"].get("labhelpers") if text else None
    return about if about and "numbers_sha256" in about else None


def _find_changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Returns the names whose hashes differ."""
    return sorted(n for n in before.keys() | now.keys() if before.get(n) != now.get(n))


def _shorten(names: Sequence[str]) -> str:
    """Names the first of some modules, and how many more there are."""
    listed = ", ".join(names[:_MOST_NAMED])
    return listed if len(names) <= _MOST_NAMED else f"{listed} and {len(names) - _MOST_NAMED} more"


def _tell_minutes(checkout: Checkout, chapter: Chapter) -> str:
    timings = json.loads(read_text(checkout.results / TIMINGS_NAME) or "{}")
    timing = timings.get(chapter.name, {}).get("full")
    return f" (about {format_minutes(timing['minutes'])})" if timing else " (never timed)"


def _list(numbers: Collection[int]) -> str:
    return " ".join(str(number) for number in sorted(numbers))


def find_moved(shown: Mapping[str, Sequence[float]], entries: Sequence[Entry]) -> list[str]:
    """Finds recorded results that differ from what a notebook shows of them.

    `shown` holds the number of runs and their mean, by row and metric. Returns those with another
    number of runs, or whose mean moved by more than a tenth of the deviation, or by more than a
    thousandth of itself where that is more.
    """
    moved = []
    for key, (n, mean) in shown.items():
        now = summarise(entries, *key.split())
        spread = now.deviation if math.isfinite(now.deviation) else 0.0
        margin = max(0.1 * spread, 1e-3 * abs(now.mean)) if now.n else 0.0
        if now.n != n or (n and abs(now.mean - mean) > margin):
            moved.append(key)
    return moved


def find_old_rows(
    package: Package,
    chapters: Mapping[Chapter, Sequence[Any]],
    entries: Sequence[Entry],
    verifiable: Collection[int],
) -> list[Stale]:
    """Finds rows of the ledger that today's code did not make.

    `chapters` holds the cells of each chapter, and `verifiable` the numbers of those that `labs
    book verify` may clear, their rows with them. Returns one for each group of rows of a chapter
    that have the same seeds.
    """
    current, homes = {}, {}
    for chapter, cells in chapters.items():
        numbers = join_hashes(hash_numbers(package, cells))
        for row in find_rows(cells):
            current[row], homes[row] = (hash_row(cells, row), numbers), chapter.number
    old: dict[str, set[int]] = {}
    for entry in entries:
        if current.get(entry.row) != (entry.code, entry.numbers):
            old.setdefault(entry.row, set()).add(entry.seed)
    found = [
        Stale(f"ledger: {row}", ("measured by no chapter any more",), "take it out of the ledger")
        for row in old
        if row not in homes
    ]
    groups: dict[tuple[int, tuple[int, ...]], list[str]] = {}
    for row in old.keys() & homes.keys():
        groups.setdefault((homes[row], tuple(sorted(old[row]))), []).append(row)
    for (number, seeds), rows in sorted(groups.items()):
        step = f"labs book replicate {' '.join(sorted(rows))}"
        if number in verifiable:
            step = f"labs book verify {number}; only if it finds a difference, {step}"
        listed = ", ".join(str(seed) for seed in seeds)
        place = f"ledger: {', '.join(sorted(rows))}, seed{'s' * (len(seeds) > 1)} {listed}"
        found.append(Stale(place, ("made by other code than now",), step))
    return found
