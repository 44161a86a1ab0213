"""Clearing what is old by showing that today's code gives what the older code gave."""

import functools
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.notebooks import parse_notebook
from labhelpers.authoring.chapters.sources import Chapter, list_code, read_source
from labhelpers.authoring.run.kernel import Executed
from labhelpers.authoring.run.stopping import stop_on_signal
from labhelpers.authoring.trust.closure import hash_numbers, read_package
from labhelpers.authoring.trust.compare import (
    Difference,
    compare_cells,
    compare_records,
    find_changed,
    pair_cells,
)
from labhelpers.authoring.trust.effects import BRANCHING, is_within
from labhelpers.authoring.trust.full_row import measure_cheapest
from labhelpers.authoring.trust.origin import Origin, check_repository, export_tree, find_origin
from labhelpers.authoring.trust.renewal import write_renewal
from labhelpers.authoring.trust.smoke import mix_results, run_in_smoke
from labhelpers.authoring.trust.versions import compare_versions, make_fingerprint
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import name_versions
from labhelpers.lesson.result_files import read_text


@dataclass(frozen=True)
class Outcome:
    """What verifying a chapter came to: cleared, different, or a problem that kept from it."""

    chapter: Chapter
    commit: str = ""  # whose code made the outputs
    seconds: float = 0.0  # of both runs
    differences: Sequence[Difference] = ()
    problem: str = ""
    notes: Sequence[str] = ()

    @property
    def is_cleared(self) -> bool:
        """Whether the outputs are those of today's code, and say so now."""
        return not self.differences and not self.problem

    def __str__(self) -> str:
        name, short = self.chapter.name, self.commit[:10]
        if self.problem:
            return self.problem
        if self.is_cleared:
            return f"{name}: gives the same as at {short} ({self.seconds:.0f} s)"
        many = len(self.differences)
        told = (
            f"{name}: differs from {short} in {many} place{'s' if many > 1 else ''}, so a full "
            f"run is owed (labs book run {self.chapter.number}), or the change is to be mended:"
        )
        return "\n".join([told, *(f"  {difference}" for difference in self.differences)])


def verify_chapters(checkout: Checkout, chapters: Sequence[Chapter]) -> Iterator[Outcome]:
    """Compares chapters in smoke with the commits that made their outputs.

    Where all is the same, the notebook's hashes and those of its rows in the ledger are written
    anew, in one step; else nothing is.
    """
    check_repository(checkout.root)
    measure = functools.cache(lambda: measure_cheapest(checkout, chapters))
    for chapter in chapters:
        try:
            with stop_on_signal():
                yield _verify(checkout, chapter, measure)
        except BookError as error:
            yield Outcome(chapter, problem=str(error))


def _verify(
    checkout: Checkout, chapter: Chapter, measure: Callable[[], tuple[list[str], list[Difference]]]
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
        more, outside = measure()
        notes += more
        differences += outside
    if not differences:
        renewed = {"numbers_sha256": numbers, "smoke": make_fingerprint(about, new.report)}
        write_renewal(checkout, chapter, origin, about, text=text, pairs=pairs, renewed=renewed)
    return Outcome(chapter, origin.commit, seconds, differences, notes=notes)


def read_about(chapter: Chapter) -> dict[str, Any]:
    """Reads what a chapter's notebook says of its run in full, if there was one."""
    text = read_text(chapter.notebook)
    about = parse_notebook(chapter, text).metadata.get("labhelpers", {}) if text else {}
    if about.get("profile") != "full" or "numbers_sha256" not in about:
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

        def run(source: str, place: Path, files: Path, number: int, when: str) -> Executed:
            own, title = folder / str(number), f"{chapter.name}, {when}"
            return run_in_smoke(chapter, source, tree=place, results=files, folder=own, title=title)

        # Each is a process of its own; where one loads and compiles on a single core, the other
        # has the second.
        older = joblib.delayed(run)(origin.text, tree, results, 0, f"at {origin.commit[:10]}")
        newer = joblib.delayed(run)(text, checkout.root, mixed, 1, "now")
        old, new = joblib.Parallel(n_jobs=2, prefer="threads")([older, newer])
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
    return any(is_within(name, BRANCHING) for name in find_changed(before, after))


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
