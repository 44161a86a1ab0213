"""What has grown old: outputs and results made by other code than there is now, and what to do."""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.notebooks import parse_notebook
from labhelpers.authoring.chapters.sources import (
    Chapter,
    find_chapters,
    find_rows,
    hash_code,
    hash_rows,
    read_source,
)
from labhelpers.authoring.trust.closure import Package, hash_numbers, join_hashes, read_package
from labhelpers.authoring.trust.compare import find_changed
from labhelpers.authoring.trust.look import hash_look
from labhelpers.authoring.trust.versions import list_other_versions
from labhelpers.lesson.ledger import LEDGER_NAME, Entry, read_ledger, summarise
from labhelpers.lesson.result_files import read_text
from labhelpers.lesson.start import TIMINGS_NAME, format_minutes

_MOST_NAMED = 3


@dataclass(frozen=True)
class Stale:
    """Something that is old: a notebook, or rows of the ledger; why, and what to do next."""

    place: str
    reasons: Sequence[str]
    step: str
    chapters: Collection[int] = ()  # those that `labs book verify` may clear, or look at
    is_old: bool = True  # not so for a result of other versions

    def __str__(self) -> str:
        return f"{self.place}: {'; '.join(self.reasons)}. Next: {self.step}"


def find_stale(checkout: Checkout) -> list[Stale]:
    """Finds notebooks and results that were made by other code, or other versions, than now."""
    entries = read_ledger(checkout.results / LEDGER_NAME)
    package = read_package(checkout.root)
    chapters = {chapter: read_source(chapter) for chapter in find_chapters(checkout)}
    found, homes, made = [], {}, []
    for chapter, cells in chapters.items():
        homes.update(dict.fromkeys(find_rows(cells), chapter))
        text = read_text(chapter.notebook)
        about = parse_notebook(chapter, text).metadata.get("labhelpers", {}) if text else {}
        if "numbers_sha256" not in about:
            step = _say_run(checkout, chapter)
            found.append(Stale(chapter.notebook.name, ("never executed",), step))
            continue
        made.append((chapter, about))
        stale = find_reasons(checkout, package, chapter, cells, about, entries)
        found += [stale] if stale else []
    verifiable = {number for stale in found for number in stale.chapters}
    found += find_old_rows(package, chapters, entries, verifiable)
    for sentence, numbers in list_other_versions(made, entries, homes).items():
        listed = " ".join(str(number) for number in sorted(numbers))
        step = f"labs book verify {listed} tells whether smoke still agrees"
        place, _, reason = sentence.partition(": ")
        found.append(Stale(place, (reason,), step, numbers, is_old=False))
    return found


def find_reasons(
    checkout: Checkout,
    package: Package,
    chapter: Chapter,
    cells: Sequence[Any],
    about: Mapping[str, Any],
    entries: Sequence[Entry],
) -> Stale | None:
    """Finds why a chapter's outputs are not those that its code would give now, and what to do."""
    place, full = chapter.notebook.name, _say_run(checkout, chapter)
    moved, looks = [], []
    if about["code_sha256"] != hash_code(cells):
        moved.append("its code has changed")
    if changed := find_changed(about["numbers_sha256"], hash_numbers(package, cells)):
        moved.append(f"{_shorten(changed)} changed")
    look = hash_look(checkout.root, package, cells)
    if changed := find_changed(about["look_sha256"], look):
        looks.append(f"its look is older than {_shorten(changed)}")
    shown = find_moved(about["ledger"], entries)
    older = [f"it shows older results of {', '.join(shown)}"] if shown else []
    if about["profile"] != "full":
        return Stale(place, (f"executed in the {about['profile']} profile", *moved, *older), full)
    reasons = (*moved, *looks, *older)
    if not reasons:
        return None
    if older:
        return Stale(place, reasons, full)
    if not moved:
        return Stale(place, reasons, f"labs book refresh {chapter.number}")
    step = f"labs book verify {chapter.number}; only if it finds a difference, {full}"
    return Stale(place, reasons, step, [chapter.number])


def _shorten(names: Sequence[str]) -> str:
    """Names the first of some modules, and how many more there are."""
    listed = ", ".join(names[:_MOST_NAMED])
    return listed if len(names) <= _MOST_NAMED else f"{listed} and {len(names) - _MOST_NAMED} more"


def _say_run(checkout: Checkout, chapter: Chapter) -> str:
    timings = json.loads(read_text(checkout.results / TIMINGS_NAME) or "{}")
    timing = timings.get(chapter.name, {}).get("full")
    took = f"about {format_minutes(timing['minutes'])}" if timing else "never timed"
    return f"labs book run {chapter.number} ({took})"


def find_moved(shown: Mapping[str, Sequence[float]], entries: Sequence[Entry]) -> list[str]:
    """Finds recorded results that differ from what a notebook shows: number of runs and mean.

    A mean has moved by more than a tenth of the deviation, or, where that is more, by more than a
    thousandth of itself.
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
    """Finds rows of the ledger that today's code did not make: by chapter, those of equal seeds.

    `verifiable` are the numbers of the chapters that `labs book verify` may clear, rows included.
    """
    current, homes = {}, {}
    for chapter, cells in chapters.items():
        numbers = join_hashes(hash_numbers(package, cells))
        for row, code in hash_rows(cells).items():
            current[row], homes[row] = (code, numbers), chapter.number
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
