"""What has grown old: outputs and results made by other code than there is now."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import (
    Chapter,
    find_chapters,
    find_rows,
    hash_row,
    read_source,
)
from labhelpers.authoring.trust.hashing import hash_meaning, hash_widgets
from labhelpers.lesson.ledger import LEDGER_NAME, Entry, read_ledger, summarise
from labhelpers.lesson.result_files import read_text

# Of the package, these make no output of a chapter's: they carry results, print what depends on
# the day, and draw tables that `labs sync` draws again. Nor do the rooms' lists of names.
_CARRIERS = {
    *(f"labhelpers.lesson.{name}" for name in ("claims", "errors", "files", "ledger")),
    *(f"labhelpers.lesson.{name}" for name in ("recording", "start", "telling")),
    *(f"labhelpers.{room}" for room in ("data", "models", "training", "insight", "lesson")),
    "labhelpers.widgets",
}


def find_stale(checkout: Checkout) -> list[str]:
    """Finds notebooks and results that were made by other code than there is now.

    Args:
        checkout: The repository.

    Returns:
        A sentence for each, with what made it old.
    """
    entries = read_ledger(checkout.course_files / LEDGER_NAME)
    chapters = {chapter: read_source(chapter) for chapter in find_chapters(checkout)}
    told = []
    for chapter, cells in chapters.items():
        reasons = find_reasons(checkout, chapter, cells, entries)
        told += [f"{chapter.notebook.name}: {'; '.join(reasons)}"] if reasons else []
    return told + find_old_rows(list(chapters.values()), entries)


def find_reasons(
    checkout: Checkout, chapter: Chapter, cells: Sequence[Any], entries: Sequence[Entry]
) -> list[str]:
    """Finds why a chapter's outputs are not those that its code would give now.

    Args:
        checkout: The repository.
        chapter: The chapter.
        cells: The cells of its text.
        entries: The ledger.

    Returns:
        The reasons; none when its notebook is as new as everything it was made from.
    """
    from labhelpers.authoring.chapters.sources import hash_code

    text = read_text(chapter.notebook)
    metadata = json.loads(text)["metadata"] if text else {}
    about = metadata.get("labhelpers")
    if not about:
        return ["never executed"]
    reasons = []
    if about["profile"] != "full":
        reasons.append(f"executed in the {about['profile']} profile")
    if about["code_sha256"] != hash_code(cells):
        reasons.append("its code has changed")
    used = about["package_sha256"]
    now = hash_modules(checkout, used)
    if changed := [n for n in used if n not in _CARRIERS and now.get(n) != used[n]]:
        reasons.append(f"{', '.join(changed)} changed")
    widgets = hash_widgets(checkout, metadata)
    if widgets is not None and about["widgets_sha256"] != widgets:
        reasons.append("the widgets changed")
    if moved := find_moved(about["ledger"], entries):
        reasons.append(f"it shows older results of {', '.join(moved)}")
    return reasons


def find_moved(shown: Mapping[str, Sequence[float]], entries: Sequence[Entry]) -> list[str]:
    """Finds recorded results that differ from what a notebook shows of them.

    Args:
        shown: Number of runs and their mean, by row and metric.
        entries: The ledger.

    Returns:
        Those with another number of runs, or whose mean moved by more than a tenth of the
        deviation, or by more than a thousandth of itself where that is more.
    """
    moved = []
    for key, (n, mean) in shown.items():
        now = summarise(entries, *key.split())
        spread = now.deviation if math.isfinite(now.deviation) else 0.0
        margin = max(0.1 * spread, 1e-3 * abs(now.mean)) if now.n else 0.0
        if now.n != n or (n and abs(now.mean - mean) > margin):
            moved.append(key)
    return moved


def find_old_rows(chapters: Iterable[Sequence[Any]], entries: Sequence[Entry]) -> list[str]:
    """Finds rows of the ledger that today's code of their chapters did not make.

    Args:
        chapters: The cells of each chapter.
        entries: The ledger.

    Returns:
        A sentence for each such row.
    """
    current = {row: hash_row(cells, row) for cells in chapters for row in find_rows(cells)}
    old: dict[str, set[int]] = {}
    for entry in entries:
        if current.get(entry.row) != entry.code:
            old.setdefault(entry.row, set()).add(entry.seed)
    told = []
    for row, seeds in old.items():
        if row not in current:
            told.append(f"ledger: {row} is measured by no chapter any more")
        else:
            listed = ", ".join(str(seed) for seed in sorted(seeds))
            plural = "s" if len(seeds) > 1 else ""
            told.append(f"ledger: {row}, seed{plural} {listed}: made by other code than now")
    return told


def hash_modules(checkout: Checkout, modules: Iterable[str]) -> dict[str, str]:
    """Hashes the files of the package that a chapter used.

    Args:
        checkout: The repository.
        modules: Import names, such as "labhelpers.training.fitting.fit".

    Returns:
        The first 12 digits of the hash of what each file does, by import name.
    """
    hashes = {}
    for name in sorted(set(modules) - _CARRIERS):
        path = checkout.root.joinpath(*name.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if file.is_file():
            hashes[name] = hash_meaning(file.read_text(encoding="utf-8"))[:12]
    return hashes
