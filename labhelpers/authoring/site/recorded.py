"""Numbers for the pages, from the recorded results: `{{ ours.A1.test_score.mean }}`.

None is typed, and a key that is not recorded fails the build.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import Chapter, find_chapters, find_rows, read_source
from labhelpers.authoring.repository import repository_address
from labhelpers.lesson.claim_table import format_reported
from labhelpers.lesson.claims import CLAIMS_NAME, Judgement, judge_claims, load_claims
from labhelpers.lesson.ledger import (
    LEDGER_NAME,
    Entry,
    Summary,
    find_digits,
    read_ledger,
    summarise,
)
from labhelpers.lesson.start import TIMINGS_NAME

# How fast people read a text that they want to understand.
WORDS_A_MINUTE = 180

COLAB = "On a chapter's page, open the menu with the triangle at the top and choose Colab."
NO_COLAB = (
    "This copy of the book was built without a published address, so it has no button for Colab. "
    "Upload a notebook from `book/notebooks` to [Colab](https://colab.research.google.com) "
    "(*File*, *Upload notebook*), and with it a wheel of the package, made by "
    "`pip wheel --no-deps .`."
)


@dataclass(frozen=True)
class Recorded:
    """All that the book knows about its own results: claims beside measurements, and costs."""

    judgements: list[Judgement]
    entries: list[Entry]
    timings: dict[str, dict[str, dict[str, Any]]]  # by chapter and profile, with the machine
    homes: dict[str, str]  # the chapter that measures each row
    reading: dict[str, int]  # minutes, by chapter


def load_recorded(root: Path) -> Recorded:
    """Read the ledger, the claims, the timings and the chapters of a checkout."""
    checkout = Checkout(root)
    folder = checkout.results
    entries = read_ledger(folder / LEDGER_NAME)
    claims = load_claims(folder / CLAIMS_NAME)
    timings = folder / TIMINGS_NAME
    homes: dict[str, str] = {}
    reading: dict[str, int] = {}
    for chapter in find_chapters(checkout):
        cells = read_source(chapter)
        homes.update(dict.fromkeys(find_rows(cells), chapter.name))
        reading[chapter.name] = minutes_to_read(chapter, cells)
    return Recorded(
        judgements=judge_claims(claims, entries),
        entries=entries,
        timings=json.loads(timings.read_text("utf-8")) if timings.exists() else {},
        homes=homes,
        reading=reading,
    )


def minutes_to_read(chapter: Chapter, cells: list[Any]) -> int:
    """Estimate how many minutes a chapter takes to read, its code included."""
    words = sum(len(cell["source"].split()) for cell in cells)
    return max(1, math.ceil(words / WORDS_A_MINUTE))


def describe_summary(summary: Summary) -> dict[str, str]:
    """Write out all that a page may want to say of one measurement, of at least one run.

    What was not recorded has no name in what is returned, so asking for it fails.
    """
    digits = find_digits(summary.mean, summary.deviation)
    told = {"mean": f"{summary.mean:.{digits}f}", "n": str(summary.n), "text": str(summary)}
    if summary.n > 1:
        told["deviation"] = f"{summary.deviation:.{digits}f}"
    if summary.parameters is not None:
        told["parameters"] = f"{summary.parameters:,}"
    if summary.seconds is not None:
        digits = 1 if summary.seconds < 10 else 0
        told["seconds"] = f"{summary.seconds:,.{digits}f}"
    if summary.devices:
        told["device"] = ", ".join(summary.devices)
    return told


def substitutions(recorded: Recorded) -> dict[str, Any]:
    """Write out every number that pages may state: by row and metric, and what the book counts."""
    ours: dict[str, dict[str, dict[str, str]]] = {}
    for row, metric in sorted({(entry.row, entry.metric) for entry in recorded.entries}):
        summary = summarise(recorded.entries, row, metric)
        if summary.n:
            ours.setdefault(row, {})[metric] = describe_summary(summary)
    reported: dict[str, dict[str, str]] = {}
    for claim in (judgement.claim for judgement in recorded.judgements):
        if claim.reported is not None:
            reported.setdefault(claim.row, {})[claim.metric] = format_reported(claim.reported)
    book = {
        "chapters": str(len(recorded.reading)),
        "rows": str(len({judgement.claim.row for judgement in recorded.judgements})),
        "claims": str(len(recorded.judgements)),
        "claims_met": str(sum(j.verdict == "met" for j in recorded.judgements)),
    }
    return {"ours": ours, "reported": reported, "book": book}


def fill_substitutions(app: Sphinx, config: Config) -> None:
    """Give the pages their numbers."""
    root = Path(app.srcdir)
    told = substitutions(load_recorded(root))
    told["colab"] = COLAB if repository_address(root) else NO_COLAB
    config.myst_substitutions = {**(config.myst_substitutions or {}), **told}
