"""Looking over the work: style, notebooks, results, benchmarks."""

import subprocess
import sys
from collections.abc import Callable, Iterator

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import find_chapters
from labhelpers.authoring.chapters.sync import sync_chapter
from labhelpers.authoring.trust.stale import find_stale
from labhelpers.lesson.book_error import BookError, UsageError
from labhelpers.lesson.claim_table import draw_claims
from labhelpers.lesson.claims import judge_all


def review_claims(checkout: Checkout) -> tuple[str, str]:
    """Sets every claim beside what we measured: a table, and what is wrong in one sentence."""
    judgements = judge_all(checkout.results)
    if not judgements:
        return "no claims", ""
    verdicts = [judgement.verdict for judgement in judgements]
    missed, few = verdicts.count("missed"), verdicts.count("too few runs")
    parts = [f"{missed} missed"] if missed else []
    parts += [f"{few} with too few runs (labs book replicate)"] if few else []
    told = f"of {len(judgements)} claims, {' and '.join(parts)}" if parts else ""
    return draw_claims((), judgements)["text/plain"], told


def review_all(checkout: Checkout) -> Iterator[tuple[str, str]]:
    """Does all checks: each one's title, and what is wrong in one sentence, if anything is."""
    checks: dict[str, Callable[[Checkout], str]] = {
        "lint": lambda checkout: _run_ruff(checkout, "check"),
        "format": lambda checkout: _run_ruff(checkout, "format", "--check"),
        "notebooks": _review_pairs,
        "stale": _review_stale,
        "claims": lambda checkout: review_claims(checkout)[1],
    }
    for title, review in checks.items():
        try:
            yield title, review(checkout)
        except BookError as error:
            yield title, str(error)


def _run_ruff(checkout: Checkout, *arguments: str) -> str:
    # The command is this program's own.
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "ruff", *arguments, "--quiet", "."],
        cwd=checkout.root,
        capture_output=True,
        text=True,
    )
    if "No module named ruff" in done.stderr:
        return 'ruff is not installed: pip install -e ".[test]"'
    if not done.returncode:
        return ""
    return f"something to correct: python -m ruff {' '.join(arguments)}"


def _review_pairs(checkout: Checkout) -> str:
    changes = [
        line
        for chapter in find_chapters(checkout)
        for line in sync_chapter(checkout, chapter, write=False)
    ]
    return f"{', '.join(changes)} (labs book sync)" if changes else ""


def _review_stale(checkout: Checkout) -> str:
    old = sum(stale.is_old for stale in find_stale(checkout))
    return f"{old} made by other code than now (labs book stale lists them)" if old else ""


def find_benchmarks(checkout: Checkout, name: str | None) -> list[str]:
    """Finds the modules with a `main` in the folder benchmarks; with a name, that one alone."""
    files = sorted((checkout.root / "benchmarks").glob("*.py"))
    found = [file.stem for file in files if "\ndef main(" in file.read_text(encoding="utf-8")]
    if name is None:
        return found
    if name not in found:
        raise UsageError(f"there is no benchmark {name!r}; there are: {', '.join(found) or 'none'}")
    return [name]
