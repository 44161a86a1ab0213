"""Clearing what is old by showing that today's code gives what the older code gave."""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.notebooks import parse_notebook
from labhelpers.authoring.chapters.sources import Chapter, list_code, read_source
from labhelpers.authoring.run.kernel import Executed, stop_on_signal
from labhelpers.authoring.trust.closure import hash_numbers, read_package
from labhelpers.authoring.trust.compare import (
    Difference,
    compare_cells,
    compare_records,
    pair_cells,
)
from labhelpers.authoring.trust.effects import BRANCHING, is_within
from labhelpers.authoring.trust.full_row import FullRow, choose_row, measure_row
from labhelpers.authoring.trust.origin import Origin, check_repository, export_tree, find_origin
from labhelpers.authoring.trust.renewal import Renewal, write_renewal
from labhelpers.authoring.trust.smoke import mix_results, run_in_smoke
from labhelpers.authoring.trust.versions import compare_versions, make_fingerprint
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import name_versions
from labhelpers.lesson.result_files import read_text


@dataclass(frozen=True)
class Outcome:
    """What verifying a chapter came to.

    Attributes:
        chapter: The chapter.
        commit: Whose code made the outputs; empty where it was not found.
        seconds: How long both runs took.
        differences: What differs; none where the hashes were written anew.
        problem: Why it could not be verified; empty where it could.
        notes: What else there is to say.
    """

    chapter: Chapter
    commit: str = ""
    seconds: float = 0.0
    differences: tuple[Difference, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_cleared(self) -> bool:
        """Whether the outputs are those of today's code, and say so now."""
        return not self.differences and not self.problem


def verify_chapters(checkout: Checkout, chapters: Sequence[Chapter]) -> Iterator[Outcome]:
    """Compares chapters in smoke with the commits that made their outputs.

    Where all is the same, the notebook's hashes and those of its rows in the ledger are written
    anew, in one step; else nothing is.

    Raises:
        BookError: If git has nothing to compare with at all, or the disk is full.
    """
    check_repository(checkout.root)
    measured: dict[str, FullRow] = {}
    for chapter in chapters:
        try:
            with stop_on_signal():
                yield _verify(checkout, chapter, chapters, measured)
        except BookError as error:
            yield Outcome(chapter, problem=str(error))


def _verify(
    checkout: Checkout,
    chapter: Chapter,
    chapters: Sequence[Chapter],
    measured: dict[str, FullRow],
) -> Outcome:
    about = read_about(chapter)
    origin = find_origin(checkout, chapter, about)
    text = chapter.source.read_text(encoding="utf-8")
    numbers = hash_numbers(read_package(checkout.root), read_source(chapter, text=text))
    start = time.monotonic()
    old, new = _run_both(checkout, chapter, origin, text)
    seconds = time.monotonic() - start
    notes = _describe_machine(about, new.report)
    pairs, differences = _compare(old, new)
    differences += compare_versions(about, new.report)
    # A chapter that never loads Keras builds no model and has none fitted.
    may_branch = "keras" in new.report["versions"]
    if not differences and may_branch and _is_branching(about["numbers_sha256"], numbers):
        full = _measure_once(checkout, chapters, measured)
        if full is not None:
            notes.append(
                f"models or training changed, so {full.row} was measured in full: "
                + "; ".join(full.told)
            )
            differences += full.outside
    if not differences:
        renewal = Renewal(
            chapter, origin, text, numbers, pairs, make_fingerprint(about, new.report)
        )
        write_renewal(checkout, renewal, about)
    return Outcome(chapter, origin.commit, seconds, tuple(differences), notes=tuple(notes))


def read_about(chapter: Chapter) -> dict[str, Any]:
    """Reads what a chapter's notebook says of its run in full.

    Raises:
        BookError: If it was never executed in full.
    """
    text = read_text(chapter.notebook)
    about = parse_notebook(chapter, text).metadata.get("labhelpers") if text else None
    if not about or about.get("profile") != "full" or "numbers_sha256" not in about:
        raise BookError(
            f"{chapter.name}: there are no outputs of a full run to verify: run labs book run "
            f"{chapter.number}"
        )
    return dict(about)


def _run_both(
    checkout: Checkout, chapter: Chapter, origin: Origin, text: str
) -> tuple[Executed, Executed]:
    """Runs the chapter from the older tree and from today's, in folders that go again."""
    with tempfile.TemporaryDirectory(prefix="labs-verify-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        tree, mixed = folder / "tree", folder / "results"
        tree.mkdir()
        export_tree(checkout.root, origin.commit, tree)
        results = Checkout(tree).results
        if not results.is_dir():
            results = checkout.results
        mix_results(results, checkout.results, mixed)
        when = f"at {origin.commit[:10]}"
        # Each is a process of its own; where one loads and compiles on a single core, the other
        # has the second.
        run = joblib.delayed(run_in_smoke)
        old, new = joblib.Parallel(n_jobs=2, prefer="threads")(
            run(
                chapter,
                source,
                tree=place,
                results=files,
                folder=folder / f"{number}",
                title=f"{chapter.name}, {title}",
            )
            for number, (source, place, files, title) in enumerate(
                [(origin.text, tree, results, when), (text, checkout.root, mixed, "now")]
            )
        )
    return old, new


def _compare(old: Executed, new: Executed) -> tuple[list[tuple[int, int]], list[Difference]]:
    """Returns which cells stand for each other, and all that differs."""
    before, after = list_code(old.cells), list_code(new.cells)
    found = compare_records(old.report["records"], new.report["records"])
    pairs = pair_cells(before, after)
    if pairs is None:
        counts = [f"{sum(bool(c['outputs']) for c in cells)}" for cells in (before, after)]
        return [], [*found, Difference("code cells that show something", *counts)]
    for i, j in pairs:
        found += compare_cells(before[i], after[j], number=j)
    return pairs, found


def _is_branching(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Says whether what changed may act otherwise in full than in smoke."""
    changed = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
    return any(is_within(name, BRANCHING) for name in changed)


def _measure_once(
    checkout: Checkout, chapters: Sequence[Chapter], measured: dict[str, FullRow]
) -> FullRow | None:
    """Measures the cheapest row of the chapters in full, once for all of them."""
    if not measured:
        chosen = choose_row(checkout, chapters)
        if chosen is None:
            return None
        full = measure_row(checkout, *chosen)
        measured[full.row] = full
    return next(iter(measured.values()))


def _describe_machine(about: Mapping[str, Any], report: Mapping[str, Any]) -> list[str]:
    """Says what is compared where the outputs were made elsewhere or with other versions."""
    made = [about["cpu"], *(f"{n} {v}" for n, v in name_versions(about["versions"]))]
    here = [report["machine"]["cpu"], *(f"{n} {v}" for n, v in name_versions(report["versions"]))]
    if made == here:
        return []
    return [
        f"the outputs were made on {', '.join(made)}; both runs compared are of this machine, "
        f"{', '.join(here)}"
    ]
