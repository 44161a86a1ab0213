"""The table of claims that a chapter shows: what was reported beside what we measured."""

from collections.abc import Sequence
from typing import Any

from labhelpers.insight.show.outputs import show_bundle
from labhelpers.insight.show.tables import draw_table
from labhelpers.lesson.claims import Judgement, judge_all
from labhelpers.lesson.ledger import find_digits
from labhelpers.lesson.result_files import find_results

_DECISIVE = "ours (mean)"
_HEADER = ("row", "what", "reported", _DECISIVE, "deviation", "runs", "goal", "verdict")


def show_claims(*rows: str) -> None:
    """Shows what was reported of some rows beside what the book's recorded runs say.

    In the book's notebooks, `labs` brings the table up to date whenever the results change.

    Args:
        rows: The experiments, such as "A1"; all claims without.

    Raises:
        ValueError: If no claim is about one of these rows.
    """
    show_bundle(draw_claims(rows, judge_all(find_results())))


def draw_claims(rows: Sequence[str], judgements: Sequence[Judgement]) -> dict[str, str]:
    """Draws the table of `show_claims`: its text by MIME type.

    Raises:
        ValueError: If no claim is about one of these rows.
    """
    known = {judgement.claim.row for judgement in judgements}
    for row in rows:
        if row not in known:
            raise ValueError(
                f"rows must be among those with a claim ({', '.join(sorted(known))}), but one is "
                f"{row!r}. Add a [[claim]] about it to labhelpers/lesson/results/claims.toml."
            )
    chosen = [j for j in judgements if not rows or j.claim.row in rows]
    cells = [format_judgement(judgement) for judgement in chosen]
    return draw_table(_HEADER, cells, decisive=_DECISIVE)


def format_judgement(judgement: Judgement) -> list[str]:
    """Writes row, what, reported, mean, deviation, runs, goal and verdict as cells of a table."""
    claim, ours = judgement.claim, judgement.ours
    digits = find_digits(ours.mean, ours.deviation)
    mean = f"{ours.mean:.{digits}f}" if ours.n else ""
    deviation = f"{ours.deviation:.{digits}f}" if ours.n > 1 else ""
    return [
        claim.row,
        claim.what,
        format_reported(claim.reported),
        mean,
        deviation,
        f"{ours.n} ({', '.join(ours.differing)})" if ours.differing else str(ours.n),
        claim.goal,
        judgement.verdict,
    ]


def format_reported(value: Any) -> str:
    """Writes a reported number or text; empty where nothing was reported."""
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"
