"""One row measured in full, where smoke cannot see what the full profile does."""

import math
import statistics
from collections.abc import Sequence

import scipy  # its submodules load when they are used: scipy.stats takes a second

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.notebooks import make_notebook
from labhelpers.authoring.chapters.sources import Chapter, find_rows, pick_row_cells, read_source
from labhelpers.authoring.run.execute import check_records
from labhelpers.authoring.run.replicate import Task, run_row
from labhelpers.authoring.run.run_progress import load_seconds
from labhelpers.authoring.trust.compare import Difference
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import LEDGER_NAME, read_ledger, summarise

_CONFIDENCE = 0.99
# Fewer runs say too little of their spread: then 2 % of the mean stand for it.
_FEW = 3
_FEW_MARGIN = 0.02
# Rows whose runs all gave the same may still round otherwise on another machine.
_LEAST_MARGIN = 1e-3


def measure_cheapest(
    checkout: Checkout, chapters: Sequence[Chapter]
) -> tuple[list[str], list[Difference]]:
    """Measures in full the row of the chapters that takes the least time, with seed 0.

    Returns what is to be noted, and what lies outside of what the ledger's runs allow; nothing
    where the ledger has no row of these chapters. Nothing is written.
    """
    chosen = choose_row(checkout, chapters)
    if chosen is None:
        return [], []
    told, outside = measure_row(checkout, *chosen)
    note = f"models or training changed, so {chosen[1]} was measured in full: {'; '.join(told)}"
    return [note], outside


def choose_row(checkout: Checkout, chapters: Sequence[Chapter]) -> tuple[Chapter, str] | None:
    """Chooses the row measured in the shortest time, of those that train by `fit_model` if any."""
    ledger = read_ledger(checkout.results / LEDGER_NAME)
    known = {entry.row for entry in ledger}
    fitted = {e.row for e in ledger if e.precision is not None and "keras" in e.versions}
    found = []
    for chapter in chapters:
        seconds = load_seconds(chapter.notebook)
        cells = make_notebook(chapter).cells
        for row in find_rows(cells):
            if row in known:
                times = [seconds.get(cell["id"]) for cell in pick_row_cells(cells, row)]
                total = sum(one or 0.0 for one in times)
                found.append(((row not in fitted, times.count(None), total, row), chapter))
    if not found:
        return None
    (*_, row), chapter = min(found, key=lambda one: one[0])
    return chapter, row


def measure_row(
    checkout: Checkout, chapter: Chapter, row: str
) -> tuple[list[str], list[Difference]]:
    """Measures a row in full and sets it beside the ledger: all metrics, and those outside."""
    try:
        done = run_row(checkout, Task(chapter, row, 0))
        check_records(chapter.name, read_source(chapter), done, seed=0, numbers="", row=row)
    except BookError as error:
        if "DataError" not in str(error):
            raise
        raise BookError(
            f"{row} is to be measured in full, since models or the training changed, and its data "
            f"are missing: labs data fetches them, then labs book verify again ({error})"
        ) from None
    told, outside = [], []
    ledger = read_ledger(checkout.results / LEDGER_NAME)
    for record in done.report["records"]:
        if record["row"] != row or record["timing"]:
            continue
        metric, value = record["metric"], record["value"]
        low, high = find_bounds(summarise(ledger, row, metric).values)
        span = f"{low:.6g} to {high:.6g}"
        told.append(f"{row} {metric} {value:.6g} ({span} expected)")
        if not low <= value <= high:
            outside.append(Difference(f"{row} {metric} in full", span, f"{value:.6g}"))
    return told, outside


def find_bounds(values: Sequence[float]) -> tuple[float, float]:
    """Finds where the next run of a measurement lies in 99 of 100 cases.

    From three runs on, it is the prediction interval of Student's t; for none, all numbers.
    """
    n = len(values)
    if not n:
        return -math.inf, math.inf
    mean = statistics.fmean(values)
    margin = _FEW_MARGIN * abs(mean)
    if n >= _FEW:
        quantile = scipy.stats.t.ppf((1 + _CONFIDENCE) / 2, n - 1)
        spread = quantile * statistics.stdev(values) * math.sqrt(1 + 1 / n)
        margin = max(float(spread), _LEAST_MARGIN * abs(mean))
    return mean - margin, mean + margin
